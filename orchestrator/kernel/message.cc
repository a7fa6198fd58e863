// SPDX-License-Identifier: Apache-2.0
#include "kernel/message.hh"

#include <cstring>

namespace xconn::kernel {
namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace

void MessageWriter::start_message(std::uint16_t type, std::uint16_t flags) {
  message_ = request_.bytes_.size();
  const nlmsghdr header{0, type, static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags), 0, 0};
  append(&header, sizeof header);
}

std::size_t MessageWriter::append(const void* data, std::size_t size) {
  auto& bytes = request_.bytes_;
  const auto at = bytes.size();
  bytes.resize(at + aligned(size));
  std::memcpy(bytes.data() + at, data, size);
  grow_message();
  return at;
}

void MessageWriter::grow_message() {
  const auto length = static_cast<std::uint32_t>(request_.bytes_.size() - message_);
  std::memcpy(request_.bytes_.data() + message_, &length, sizeof length);  // nlmsg_len comes first
}

void MessageWriter::put_bytes(std::uint16_t type, const void* data, std::size_t size) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + size), type};
  append(&header, sizeof header);
  append(data, size);
}

void MessageWriter::put_text(std::uint16_t type, std::string_view text) {
  const std::string terminated(text);
  put_bytes(type, terminated.c_str(), terminated.size() + 1);
}

void MessageWriter::put_index(std::uint16_t type, const std::string& interface) {
  put(type, std::uint32_t{0});
  patch(request_.bytes_.size() - sizeof(std::uint32_t), interface);
}

void MessageWriter::set_length16(std::size_t at, std::size_t length) {
  const auto value = static_cast<std::uint16_t>(length);
  std::memcpy(request_.bytes_.data() + at, &value, sizeof value);
}

void MessageWriter::nest(std::uint16_t type, const std::function<void()>& fill) {
  const nlattr header{sizeof(nlattr), type};
  const auto at = append(&header, sizeof header);
  fill();
  set_length16(at, position() - at);  // nla_len comes first
}

}  // namespace xconn::kernel
