// SPDX-License-Identifier: Apache-2.0
// One template being deployed: what it declares, what of that is meant, and the deployments within it.
//
// Everything is listed before it is read, and evaluated once, when somebody first asks: a resource may refer to one
// that stands behind it, a deployment to another one's outputs.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "importing/arm/hidden.hh"
#include "importing/arm/links.hh"
#include "importing/arm/scope.hh"

namespace xconn::importing {

/// What all templates of an import share.
struct ArmWorld {
  Notes& notes;
  Inventory& inventory;
  ArmLinks templates{}, parameters{};  ///< the files that are there
  ArmHidden hidden{};
  ArmWork work{};
  std::set<const model::Raw*> linked{};  ///< templates that another one deploys
  std::set<std::string> nowhere{};       ///< ids that no deployment of the running template declares
};

class ArmTemplate final : public ArmResources {
 public:
  /// One with a scope of its own. `caller` is the template that deploys it.
  ArmTemplate(model::RawPtr root, ArmParameters parameters, const ArmDeployment& deployment, ArmWorld& world,
              ArmTemplate* caller = nullptr);
  /// One that stands in `caller` and whose expressions see what `caller`'s see.
  ArmTemplate(model::RawPtr root, const std::string& group, ArmTemplate& caller);

  void read();
  model::RawPtr outputs();

  model::RawPtr body_of(const std::string& name) override;
  std::optional<ResourceId> id_of(const std::string& name) override;
  std::vector<std::string> loop_of(const std::string& symbol) override;

 private:
  struct Written {
    std::string symbol;
    model::RawPtr body;
  };
  struct Declared {
    std::string symbol;
    model::RawPtr body;
    ResourceId id;
    ArmCopies copies;
    Declared* parent = nullptr;
    std::optional<bool> is_meant{};
    bool is_running = false, is_opened = false;
    model::RawPtr value{};
    std::unique_ptr<ArmTemplate> inner{};
  };

  static std::vector<Written> resources_of(const model::Raw& holder);
  void list();
  void list_copies(const Written& written, Declared* parent);
  void list_each(const Written& written, Declared* parent);
  void list_one(const Written& written, Declared* parent);
  std::string word(const model::Raw& resource, const char* key);
  std::optional<ResourceId> declared_id(const model::Raw& resource, const Declared* parent);
  std::string name_of(const model::Raw& resource, const std::string& type);

  Declared* find(const std::string& name);
  bool is_meant(Declared& declared);
  bool judge(const Declared& declared);
  void read(Declared& declared);
  model::RawPtr evaluated(Declared& declared);
  /// What a deployment whose turn is yet to come declares; nullptr when none does.
  model::RawPtr elsewhere(const ResourceId& id);
  model::RawPtr body_of(Declared& declared);
  model::RawPtr body_below(const ResourceId& id);
  model::RawPtr deployment_body(Declared& declared);
  model::RawPtr output(const model::Raw& declared);

  ArmTemplate* inner(Declared& declared);
  std::unique_ptr<ArmTemplate> open(const Declared& declared);
  std::unique_ptr<ArmTemplate> open_linked(const Declared& declared, ArmDeployment deployment);
  model::RawPtr linked(const Declared& declared, bool is_told);
  std::string link_target(const model::Raw& link);
  ArmParameters given_to(const Declared& declared);
  std::unique_ptr<ArmTemplate> with_own_scope(const model::RawPtr& root, const Declared& declared,
                                              const ArmDeployment& deployment);
  void tell(const Declared& declared, const std::string& field, const std::string& value, const std::string& reason,
            const std::string& instead);

  model::RawPtr root_;
  ArmWorld& world_;
  std::shared_ptr<ArmScope> scope_;
  std::string group_;
  ArmTemplate* caller_;
  int depth_;
  ArmCopies copies_;  ///< in which it stands
  std::deque<Declared> declared_;
  bool is_listed_ = false;
};

/// The values of a parameters file's or a deployment's "parameters".
ArmParameters arm_values_of(const model::Raw& parameters);

}  // namespace xconn::importing
