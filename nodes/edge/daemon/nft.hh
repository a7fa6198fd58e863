// SPDX-License-Identifier: Apache-2.0
// nftables through libnftables, in the namespace of the thread that makes the object. The kernel's counters of the
// table are read back as JSON.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

struct nft_ctx;

namespace xconn::sdwan {

struct Counter {
  std::uint64_t packets = 0, bytes = 0;
};

class Nftables {
 public:
  Nftables();

  /// One transaction. Throws KernelError with what nft said.
  void run(const std::string& text);
  /// The named counters of a table of family ip.
  std::map<std::string, Counter> counters(const std::string& table);

 private:
  struct Free {
    void operator()(nft_ctx* context) const noexcept;
  };
  std::unique_ptr<nft_ctx, Free> context_;
};

}  // namespace xconn::sdwan
