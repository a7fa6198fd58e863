// SPDX-License-Identifier: Apache-2.0
#include "probes/record.hh"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace xconn::probes {
namespace {

constexpr std::size_t kBlock = 16384;  // bytes; what a probe's thread writes at once
constexpr std::uint64_t kMore = 0x80;

/// Little endian, seven bits a byte; the sign is the lowest bit.
void put(std::string& bytes, std::int64_t number) {
  auto left = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  for (; left >= kMore; left >>= 7) bytes.push_back(static_cast<char>(left | kMore));
  bytes.push_back(static_cast<char>(left));
}

std::int64_t take(const std::string& bytes, std::size_t& at) {
  std::uint64_t number = 0;
  for (int shift = 0; at < bytes.size(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    number |= (byte & (kMore - 1)) << shift;
    if (byte < kMore) break;
  }
  return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

sys::Fd nameless_file(const std::string& folder) {
  std::string path = folder + "/.record.XXXXXX";
  sys::Fd file(::mkostemp(path.data(), O_CLOEXEC));
  if (file) ::unlink(path.c_str());
  return file;
}

// Both wrap, so that any two numbers have a difference.
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

void Record::append(Row row, Duration time) {
  if (blocks_.empty() || blocks_.back().bytes.size() >= kBlock) begin_block();
  auto& block = blocks_.back();
  for (std::size_t i = 0; i < row.size(); ++i) {
    put(block.bytes, difference(row[i], before_[i]));
    before_[i] = row[i];
  }
  block.size = block.bytes.size();
  block.earliest = std::min(block.earliest, time);
  block.latest = std::max(block.latest, time);
  ++size_;
}

void Record::begin_block() {
  if (!blocks_.empty()) put_away(blocks_.back());
  blocks_.emplace_back();
  std::ranges::fill(before_, 0);
}

/// A block that cannot be written stays in memory.
void Record::put_away(Block& block) {
  if (!file_) file_ = nameless_file(folder_);
  if (!file_) return;
  if (::pwrite(file_.get(), block.bytes.data(), block.size, file_size_) != static_cast<ssize_t>(block.size)) return;
  block.offset = file_size_;
  file_size_ += static_cast<std::int64_t>(block.size);
  std::string().swap(block.bytes);  // = {} would keep its memory
}

std::size_t Record::in_memory() const {
  std::size_t bytes = blocks_.capacity() * sizeof(Block);
  for (const auto& block : blocks_) bytes += block.bytes.capacity();
  return bytes;
}

Record::Cursor::Cursor(const Record& record, const Window& window, std::size_t first, std::size_t end)
    : record_(record), window_(window), block_(first), end_(end), before_(record.before_.size()) {}

bool Record::Cursor::open_next() {
  while (block_ < end_) {
    const auto& block = record_.blocks_[block_++];
    if (block.latest < window_.begin || block.earliest >= window_.end) continue;
    bytes_ = block.bytes;
    if (block.offset >= 0) {
      bytes_.resize(block.size);
      const auto count = ::pread(record_.file_.get(), bytes_.data(), block.size, block.offset);
      sys::check(static_cast<int>(count), "read", record_.folder_);
    }
    at_ = 0;
    std::ranges::fill(before_, 0);
    return true;
  }
  return false;
}

bool Record::Cursor::next(Numbers row) {
  if (at_ == bytes_.size() && !open_next()) return false;
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = before_[i] = sum(before_[i], take(bytes_, at_));
  return true;
}

}  // namespace xconn::probes
