// SPDX-License-Identifier: Apache-2.0
#include "services/nftables.hh"

#include <nftables/libnftables.h>
#include <sys/mman.h>

#include <cerrno>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/errors.hh"
#include "sys/fd.hh"
#include "sys/file.hh"
#include "sys/modules.hh"
#include "sys/netns.hh"

namespace xconn::services {
namespace {

struct FreeContext {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using NftContext = std::unique_ptr<nft_ctx, FreeContext>;

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// A context whose output and errors are kept. It opens its sockets where it is made.
NftContext make_context(unsigned output_flags) {
  NftContext context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context) throw KernelError("make", "nftables context", {}, ENOMEM);
  nft_ctx_output_set_flags(context.get(), output_flags);
  nft_ctx_buffer_output(context.get());
  nft_ctx_buffer_error(context.get());
  errno = 0;
  return context;
}

/// Only the kernel's refusals carry an error number: the parser leaves any.
void throw_refusal(nft_ctx* context, const std::string& file, const std::string& node) {
  const int left = errno;
  auto sentence = trimmed(nft_ctx_get_error_buffer(context));
  for (auto at = sentence.find(file + ":"); !file.empty() && at != std::string::npos; at = sentence.find(file + ":"))
    sentence.replace(at, file.size() + 1, "line ");
  const bool is_kernels = sentence.find("Could not process rule") != std::string::npos;
  sys::throw_explained(
      KernelError("apply nftables", "ruleset", node, is_kernels && left != 0 ? left : EINVAL, sentence));
}

std::string run_commands(const sys::Netns& netns, const std::string& commands, unsigned output_flags) {
  return netns.run([&] {
    const auto context = make_context(output_flags);
    if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) != 0) throw_refusal(context.get(), {}, {});
    return std::string(nft_ctx_get_output_buffer(context.get()));
  });
}

}  // namespace

/// libnftables says where in the text a mistake is only of files, so the text becomes one, in memory.
void apply_ruleset(const sys::Netns& netns, const std::string& ruleset, const std::string& node) {
  const sys::Fd memory(sys::check(::memfd_create("ruleset", MFD_CLOEXEC), "make memory file for", "ruleset"));
  const auto file = "/proc/self/fd/" + std::to_string(memory.get());
  sys::write_into(file, ruleset);
  netns.run([&] {
    const auto context = make_context(0);
    if (nft_run_cmd_from_filename(context.get(), file.c_str()) != 0) throw_refusal(context.get(), file, node);
  });
}

void replace_ruleset(const sys::Netns& netns, const std::string& before, const std::string& after) {
  static const std::regex kTable(R"((?:^|\n)\s*(?:add\s+)?table\s+(\w+\s+[\w-]+)\s*(?=[{\n;]))");
  std::string text;
  for (auto found = std::sregex_iterator(before.begin(), before.end(), kTable); found != std::sregex_iterator{};
       ++found)
    text += "add table " + (*found)[1].str() + "\ndelete table " + (*found)[1].str() + "\n";
  apply_ruleset(netns, text + after);
}

void apply_ruleset_json(const sys::Netns& netns, const nlohmann::json& ruleset) {
  run_commands(netns, ruleset.dump(), NFT_CTX_OUTPUT_JSON);  // the flag makes libnftables try its input as JSON first
}

nlohmann::json read_ruleset(const sys::Netns& netns, const std::string& command) {
  const auto text = run_commands(netns, command, NFT_CTX_OUTPUT_JSON);
  return text.empty() ? nlohmann::json::array() : nlohmann::json::parse(text).at("nftables");
}

}  // namespace xconn::services
