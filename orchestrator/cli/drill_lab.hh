// SPDX-License-Identifier: Apache-2.0
// A drill and the lab that it runs in: the one that is up, or one that lives as long as the drill.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drill/drill.hh"
#include "drill/report.hh"
#include "lab/remote.hh"
#include "nodes/make_plan.hh"
#include "plan/plan.hh"
#include "plan/rehearsed.hh"
#include "sys/signals.hh"

namespace xconn::cli {

class Progress;

/// What the user named, read.
class DrillFile {
 public:
  /// A file or a reference drill's name. Throws TopologyError, NotFoundError.
  explicit DrillFile(const std::string& word);

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  const std::string& name() const { return drill_.name; }
  /// Its topology, `name` in place of the topology's own when not empty. Throws TopologyError, also for what the drill
  /// names and the topology has not.
  nodes::Planned topology(const std::string& name = {}) const;
  /// What each of its commands makes of this lab.
  std::vector<plan::Rehearsed> changes(const lab::RemoteLab& lab) const;

 private:
  std::string path_, text_;
  drill::Drill drill_;
};

class DrillLab {
 public:
  /// `name`, when not empty, is the lab's in place of the topology's own. A lab of that name that is up is used and
  /// stays; it must be the drill's (a verdict on another network would mislead). One that is brought up goes with this
  /// object, unless `keep`, and when a signal ends the program.
  DrillLab(const DrillFile& drill, const std::string& name, Progress& progress, bool keep);
  ~DrillLab();
  DrillLab(const DrillLab&) = delete;
  DrillLab& operator=(const DrillLab&) = delete;

  lab::RemoteLab remote() const { return lab::RemoteLab::attach(name_); }
  /// Captures go to `folder`, unless it is empty.
  drill::Report run(const DrillFile& drill, const std::string& folder, Progress& progress) const;

 private:
  std::string name_;
  bool keep_;
  std::optional<sys::Signals> signals_;  // of a lab that ends with the drill: Ctrl-C ends it, too
};

}  // namespace xconn::cli
