// SPDX-License-Identifier: Apache-2.0
// A long record in little memory. What is appended is packed, number by number as the difference from the one before;
// a full block goes to a file without a name in a folder of the caller's, and the kernel takes it back with the record.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "sys/fd.hh"

namespace xconn::probes {

/// From `begin`, until before `end`.
struct Window {
  Duration begin{0};
  Duration end = Duration::max();
};

/// Rows of numbers, each with a time. One thread appends; who reads meanwhile holds it back.
class Record {
 public:
  using Numbers = std::span<std::int64_t>;
  using Row = std::span<const std::int64_t>;
  /// Each row has `width` numbers. The file comes with the first full block; where the disk is full, memory has to do.
  Record(std::string folder, std::size_t width) : folder_(std::move(folder)), before_(width) {}

  void append(Row row, Duration time);
  std::size_t size() const { return size_; }
  std::size_t in_memory() const;  ///< bytes

  /// A stretch of rows that can be read without those before it.
  struct Block {
    std::int64_t offset = -1;  ///< in the file; -1: in `bytes`
    std::string bytes;
    std::size_t size = 0;  ///< bytes
    Duration earliest = Duration::max(), latest = Duration::min();
  };

  /// Reads the rows of blocks that may have one of the window, and so others too.
  class Cursor {
   public:
    Cursor(const Record& record, const Window& window) : Cursor(record, window, 0, record.blocks_.size()) {}
    Cursor(const Record& record, const Window& window, std::size_t first, std::size_t end);
    bool next(Numbers row);

   private:
    bool open_next();
    const Record& record_;
    Window window_;
    std::size_t block_, end_;
    std::string bytes_;
    std::size_t at_ = 0;
    std::vector<std::int64_t> before_;
  };

  const std::vector<Block>& blocks() const { return blocks_; }

 private:
  void begin_block();
  void put_away(Block& block);

  std::string folder_;
  std::vector<std::int64_t> before_;
  std::vector<Block> blocks_;
  std::size_t size_ = 0;
  sys::Fd file_;
  std::int64_t file_size_ = 0;
};

/// How a T becomes numbers and back: kWidth, numbers(T), from(numbers); time(T) is when it was seen, begun(T) when what
/// was seen had begun.
template <typename T>
struct Packing;

/// A record of T in the order of appending, read by a range-for as often as wanted. A copy is another view of the same
/// record.
template <typename T>
class Series {
  using Of = Packing<T>;
  using Numbers = std::array<std::int64_t, Of::kWidth>;

 public:
  explicit Series(std::string folder = "/tmp") : record_(std::make_shared<Record>(std::move(folder), Of::kWidth)) {}

  void push_back(const T& value) { record_->append(Of::numbers(value), Of::time(value)); }
  std::size_t in_memory() const { return record_->in_memory(); }

  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    Iterator(const Record& record, const Window& window, Duration from) : cursor_(record, window), from_(from) {
      ++*this;
    }
    const T& operator*() const { return value_; }
    const T* operator->() const { return &value_; }
    Iterator& operator++() {
      Numbers numbers;
      do {
        there_ = cursor_.next(numbers);
        if (there_) value_ = Of::from(numbers);
      } while (there_ && Of::begun(value_) < from_);
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !there_; }

   private:
    Record::Cursor cursor_;
    Duration from_;
    T value_{};
    bool there_ = false;
  };
  struct Part {
    Iterator begin() const { return {record, window, from}; }
    std::default_sentinel_t end() const { return {}; }
    const Record& record;
    Window window;
    Duration from;
  };

  Iterator begin() const { return {*record_, {Duration::min(), Duration::max()}, from_}; }
  std::default_sentinel_t end() const { return {}; }
  bool empty() const { return begin() == end(); }
  /// A view that leaves out what began before `time`.
  Series since(Duration time) const {
    Series view = *this;
    view.from_ = std::max(from_, time);
    return view;
  }
  /// What has its time in the window, and others near it, without reading all.
  Part near(const Window& window) const { return {*record_, window, from_}; }

  /// The last at or before `until` that is wanted.
  template <typename Wanted>
  std::optional<T> last(Duration until, Wanted wanted) const {
    std::optional<T> found;
    const auto& blocks = record_->blocks();
    for (auto block = blocks.size(); block-- > 0;) {
      if (found && blocks[block].latest < Of::time(*found)) break;
      if (blocks[block].earliest > until) continue;
      Numbers numbers;
      for (Record::Cursor cursor(*record_, {Duration::min(), Duration::max()}, block, block + 1);
           cursor.next(numbers);) {
        const T value = Of::from(numbers);
        if (Of::time(value) <= until && (!found || Of::time(value) >= Of::time(*found)) && wanted(value)) found = value;
      }
    }
    return found;
  }

 private:
  std::shared_ptr<Record> record_;
  Duration from_ = Duration::min();
};

}  // namespace xconn::probes
