// SPDX-License-Identifier: Apache-2.0
#include "lab/changing.hh"

#include "base/errors.hh"
#include "base/rule.hh"
#include "lab/lab.hh"

namespace xconn::lab {

Changing::Changing(Lab& lab) : lab_(lab) {
  if (lab_.is_changing)
    throw TopologyError({{{},
                          "lab " + lab_.plan().lab,
                          "change",
                          "under way",
                          std::string(kOneChange.statement) + " (Azure: 409 " + std::string(kAnotherOperation) + ")",
                          "try again when it is done",
                          std::string(kOneChange.code),
                          std::string(kOneChange.source)}});
  lab_.is_changing = true;
}

Changing::~Changing() { lab_.is_changing = false; }

}  // namespace xconn::lab
