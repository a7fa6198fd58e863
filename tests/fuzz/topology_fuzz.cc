// Reads anything as a topology. It may be refused, always with findings that stay within their bounds; nothing else may
// come out. Built with -DXCONN_FUZZ=ON (clang) it searches by itself; without, main() replays the files and folders
// that are its arguments.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/read.hh"

namespace {

void read_anything(std::string_view text) {
  constexpr std::size_t kMostFindings = 101;
  try {
    xconn::model::read_text(text, "fuzz.yaml");
  } catch (const xconn::TopologyError& error) {
    if (error.findings().empty() || error.findings().size() > kMostFindings) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}

#ifndef XCONN_FUZZ
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

int replay(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  read_anything(text);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  int replayed = 0;
  for (int i = 1; i < count; ++i) {
    if (!std::filesystem::is_directory(arguments[i])) {
      replayed += replay(arguments[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i]))
      if (entry.is_regular_file()) replayed += replay(entry.path());
  }
  std::printf("%d inputs\n", replayed);
  return replayed > 0 ? 0 : 1;
}
#endif
