// SPDX-License-Identifier: Apache-2.0
// The error tree, by what the reader must do. Library code throws these and prints nothing; cli/ prints
// once and maps the type to an exit code, bindings/ maps it to the Python class of the same name.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace xconn {

/// Root of all errors that a user can do something about. A bug is an assertion or std::logic_error instead.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where a word of the user's stands: 1-based line and column, 0 when there is none (a missing key of a missing file).
struct Where {
  std::string file;
  int line = 0;
  int column = 0;

  friend bool operator==(const Where&, const Where&) = default;
};

std::string to_string(const Where& where);

/// One fault in a topology or drill file.
struct Finding {
  Where where;
  std::string object;    ///< the thing it is about: "node hq-fgt", "circuit er1", "link 3"
  std::string field;     ///< dotted, as in the file: "bgp.neighbors[0].asn"; empty when it is the object itself
  std::string value;     ///< as written; empty when the fault is that there is none; secrets are never put here
  std::string rule;      ///< the rule it breaks, a full clause: "an ASN is 1 to 4294967294"
  std::string remedy;    ///< what to do about it: "use 1 to 64495 or 64512 to 65514"
  std::string code;      ///< "V15" for the rules of docs/rules.md, empty for plain syntax
  std::string source{};  ///< the document that the rule is of; empty for plain syntax
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// file:line:column: object: field = value: rule; remedy [code] (source)
std::string to_string(const Finding& finding);

/// The user's file is wrong. Holds every finding, never just the first. Exit code 2.
class TopologyError : public Error {
 public:
  explicit TopologyError(std::vector<Finding> findings);
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::vector<Finding> findings_;
};

/// The host lacks something: a program, a capability, a kernel feature with no other driver. Exit code 4.
class HostError : public Error {
 public:
  HostError(std::string missing, std::string remedy);
  const std::string& missing() const { return missing_; }
  const std::string& remedy() const { return remedy_; }  ///< the line that fixes it: "apt-get install frr"

 private:
  std::string missing_, remedy_;
};

/// The kernel refused an operation.
class KernelError : public Error {
 public:
  /// sentence: the kernel's own extended ack, may be empty.
  KernelError(std::string operation, std::string object, std::string netns, int error_number,
              std::string sentence = {});
  int error_number() const { return error_number_; }
  const std::string& operation() const { return operation_; }
  const std::string& object() const { return object_; }
  const std::string& netns() const { return netns_; }
  const std::string& sentence() const { return sentence_; }

 private:
  std::string operation_, object_, netns_, sentence_;
  int error_number_;
};

/// A daemon or program did not start, or ended when it should not have.
class ServiceError : public Error {
 public:
  ServiceError(std::vector<std::string> argv, std::string status, std::vector<std::string> last_log_lines);
  const std::vector<std::string>& argv() const { return argv_; }
  const std::string& status() const { return status_; }
  const std::vector<std::string>& last_log_lines() const { return last_log_lines_; }

 private:
  std::vector<std::string> argv_;
  std::string status_;
  std::vector<std::string> last_log_lines_;
};

/// A fact that was waited for did not become true in time.
class TimeoutError : public Error {
 public:
  TimeoutError(std::string awaited, std::chrono::nanoseconds bound, std::string last_state);
  const std::string& awaited() const { return awaited_; }
  std::chrono::nanoseconds bound() const { return bound_; }
  const std::string& last_state() const { return last_state_; }

 private:
  std::string awaited_, last_state_;
  std::chrono::nanoseconds bound_;
};

/// The caller asked for something that is not there: an unknown lab, node, link, fault kind. Exit code 2.
class NotFoundError : public Error {
 public:
  using Error::Error;
};

}  // namespace xconn
