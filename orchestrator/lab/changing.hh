// SPDX-License-Identifier: Apache-2.0
// A change of the lab under way: one at a time, as Azure has it of one object.
#pragma once

namespace xconn::lab {

class Lab;

class Changing {
 public:
  /// Throws TopologyError, with Azure's words, when another one is under way.
  explicit Changing(Lab& lab);
  ~Changing();
  Changing(const Changing&) = delete;
  Changing& operator=(const Changing&) = delete;

 private:
  Lab& lab_;
};

}  // namespace xconn::lab
