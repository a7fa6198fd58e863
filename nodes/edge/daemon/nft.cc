// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/nft.hh"

#include <nftables/libnftables.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/errors.hh"

namespace xconn::sdwan {

void Nftables::Free::operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }

Nftables::Nftables() : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
  if (!context_) throw KernelError("open nftables", "context", {}, ENOMEM);
  nft_ctx_buffer_output(context_.get());
  nft_ctx_buffer_error(context_.get());
}

void Nftables::run(const std::string& text) {
  if (nft_run_cmd_from_buffer(context_.get(), text.c_str()) == 0) return;
  // errno is whatever libnftables did last; its own sentence has the kernel's error.
  throw KernelError("run nftables transaction", text.substr(0, 200), {}, EINVAL,
                    nft_ctx_get_error_buffer(context_.get()));
}

std::map<std::string, Counter> Nftables::counters(const std::string& table) {
  nft_ctx_output_set_flags(context_.get(), NFT_CTX_OUTPUT_JSON);
  run("list counters table ip " + table);
  const std::string output = nft_ctx_get_output_buffer(context_.get());
  nft_ctx_output_set_flags(context_.get(), 0);
  std::map<std::string, Counter> result;
  const auto json = nlohmann::json::parse(output);
  for (const auto& entry : json.at("nftables")) {
    const auto counter = entry.find("counter");
    if (counter == entry.end()) continue;
    result[counter->at("name")] = {counter->at("packets"), counter->at("bytes")};
  }
  return result;
}

}  // namespace xconn::sdwan
