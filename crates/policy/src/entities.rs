//! Converts the core's types to Cedar's entities.

use cedar_policy::{
    Context, Entity, EntityId, EntityTypeName, EntityUid, ParseErrors, RestrictedExpression,
};
use std::collections::{HashMap, HashSet};
use wcc_core::actor::Actor;
use wcc_core::framework::{Framework, Phase, Role};
use wcc_core::policy::Resource;

/// The names of entity types, parsed once.
#[derive(Debug)]
pub(crate) struct Types {
    action: EntityTypeName,
    actor: EntityTypeName,
    role: EntityTypeName,
    programme: EntityTypeName,
    cycle: EntityTypeName,
    body: EntityTypeName,
}

/// An error in building an entity, which is a bug in the program.
pub(crate) type BuildError = Box<cedar_policy::EntityAttrEvaluationError>;

type Attributes = HashMap<String, RestrictedExpression>;

impl Types {
    /// Parses the names of the schema's types.
    ///
    /// # Errors
    /// Never, as all names are identifiers.
    #[allow(
        clippy::result_large_err,
        reason = "the library defines the error, and it never occurs"
    )]
    pub(crate) fn new() -> Result<Types, ParseErrors> {
        Ok(Types {
            action: "Action".parse()?,
            actor: "Actor".parse()?,
            role: "Role".parse()?,
            programme: "Programme".parse()?,
            cycle: "Cycle".parse()?,
            body: "Body".parse()?,
        })
    }

    /// Returns the identifier of an act.
    pub(crate) fn act(&self, act: &str) -> EntityUid {
        uid(&self.action, act)
    }

    /// Returns the identifier of an actor.
    pub(crate) fn actor_uid(&self, actor: &Actor) -> EntityUid {
        uid(&self.actor, &actor.person)
    }

    /// Builds the entity of an actor, with their role as its parent.
    pub(crate) fn actor(&self, actor: &Actor) -> Result<Entity, BuildError> {
        let mut attributes = Attributes::new();
        add(&mut attributes, "person", &actor.person);
        add(&mut attributes, "role", &actor.role);
        add_known(&mut attributes, "body", actor.body.as_deref());
        add_known(&mut attributes, "cycle", actor.cycle.as_deref());
        let parents = HashSet::from([uid(&self.role, &actor.role)]);
        Ok(Entity::new(self.actor_uid(actor), attributes, parents)?)
    }

    /// Returns the type of a resource.
    pub(crate) fn type_of(&self, resource: &Resource<'_>) -> &EntityTypeName {
        match (resource.body, resource.cycle) {
            (Some(_), _) => &self.body,
            (None, Some(_)) => &self.cycle,
            (None, None) => &self.programme,
        }
    }

    /// What an act is done to.
    pub(crate) fn resource_uid(&self, resource: &Resource<'_>) -> EntityUid {
        let cycle = resource.cycle.unwrap_or_default();
        match resource.body {
            // Codes of bodies have no spaces, so identifiers are unique.
            Some(body) => uid(&self.body, &format!("{cycle} {}", body.code)),
            None => uid(self.type_of(resource), cycle),
        }
    }

    /// What an act is done to.
    pub(crate) fn resource(&self, resource: &Resource<'_>) -> Result<Entity, BuildError> {
        let id = self.resource_uid(resource);
        let Some(body) = resource.body else {
            return match resource.cycle {
                Some(cycle) => self.cycle(cycle, resource),
                None => Ok(Entity::new_no_attrs(id, HashSet::new())),
            };
        };
        let mut attributes = Attributes::new();
        add(&mut attributes, "code", &body.code);
        add(&mut attributes, "kind", body.kind.name());
        add_known(&mut attributes, "cluster", resource.cluster);
        add_known(&mut attributes, "sha", resource.sha);
        let members = resource.members().into_iter();
        let members = members.map(|code| RestrictedExpression::new_string(code.to_owned()));
        let members = RestrictedExpression::new_set(members);
        attributes.insert("members".to_owned(), members);
        let released = RestrictedExpression::new_bool(resource.is_released);
        attributes.insert("released".to_owned(), released);
        let cycle = resource.cycle.map(|cycle| uid(&self.cycle, cycle));
        if let Some(cycle) = &cycle {
            let cycle = RestrictedExpression::new_entity_uid(cycle.clone());
            attributes.insert("cycle".to_owned(), cycle);
        }
        Ok(Entity::new(id, attributes, cycle.into_iter().collect())?)
    }

    /// Builds the entity of a resource's cycle, if it has one.
    pub(crate) fn cycle_of(&self, resource: &Resource<'_>) -> Option<Result<Entity, BuildError>> {
        let cycle = resource.cycle?;
        Some(self.cycle(cycle, resource))
    }

    fn cycle(&self, id: &str, resource: &Resource<'_>) -> Result<Entity, BuildError> {
        let mut attributes = Attributes::new();
        let framework = resource.framework.map(|framework| framework.id.as_str());
        add(&mut attributes, "id", id);
        add(&mut attributes, "framework", framework.unwrap_or_default());
        let phase = resource.phase.map(|phase| phase.id.as_str());
        add_known(&mut attributes, "phase", phase);
        let open = open(resource.framework, resource.phase);
        attributes.insert("open".to_owned(), open);
        let after = resource.phase.and_then(|phase| phase.after.as_deref());
        add_known(&mut attributes, "after", after);
        attributes.insert("required".to_owned(), required(resource.phase));
        let governed = RestrictedExpression::new_bool(resource.is_governed);
        attributes.insert("governed".to_owned(), governed);
        let released = RestrictedExpression::new_bool(resource.has_releases);
        attributes.insert("released".to_owned(), released);
        let withheld = records_by_role(resource, |role| &role.after_release);
        attributes.insert("withheld".to_owned(), withheld);
        let never = records_by_role(resource, |role| &role.never);
        attributes.insert("never".to_owned(), never);
        attributes.insert("shown".to_owned(), shown(resource));
        attributes.insert("methods".to_owned(), methods(resource.framework));
        attributes.insert("approvals".to_owned(), approvals(resource.framework));
        let roles = resource
            .framework
            .map_or(&[][..], |framework| &framework.roles);
        let roles = roles
            .iter()
            .map(|role| RestrictedExpression::new_string(role.id.clone()));
        attributes.insert("roles".to_owned(), RestrictedExpression::new_set(roles));
        Ok(Entity::new(
            uid(&self.cycle, id),
            attributes,
            HashSet::new(),
        )?)
    }
}

/// Lists the acts that are open to the roles of a framework: in this phase, and in every phase.
fn open(framework: Option<&Framework>, phase: Option<&Phase>) -> RestrictedExpression {
    let pairs = roles(framework).iter().flat_map(|role| {
        let acts = phase.into_iter().flat_map(|phase| phase.acts_of(&role.id));
        let always = role.acts.iter().map(String::as_str);
        acts.chain(always).map(|act| (act, role.id.as_str()))
    });
    pairs_with_role("act", pairs)
}

/// Lists the methods by which each role judges.
fn methods(framework: Option<&Framework>) -> RestrictedExpression {
    let pairs = roles(framework).iter().flat_map(|role| {
        let methods = role.methods.iter();
        methods.map(|method| (method.name(), role.id.as_str()))
    });
    pairs_with_role("method", pairs)
}

/// Lists the approvals that each role may give.
fn approvals(framework: Option<&Framework>) -> RestrictedExpression {
    let pairs = roles(framework).iter().flat_map(|role| {
        let approvals = role.approvals.iter();
        approvals.map(|approval| (approval.as_str(), role.id.as_str()))
    });
    pairs_with_role("approval", pairs)
}

fn roles(framework: Option<&Framework>) -> &[Role] {
    framework.map_or(&[], |framework| &framework.roles)
}

/// Lists groups of records that the framework names for each role.
fn records_by_role(
    resource: &Resource<'_>,
    named: impl Fn(&Role) -> &[String],
) -> RestrictedExpression {
    let roles = resource
        .framework
        .map_or(&[][..], |framework| &framework.roles);
    let pairs = roles.iter().flat_map(|role| {
        let named = named(role).iter();
        named.map(|records| (records.as_str(), role.id.as_str()))
    });
    pairs_with_role("records", pairs)
}

/// Lists the groups of records that the phase shows to each role before they are released.
fn shown(resource: &Resource<'_>) -> RestrictedExpression {
    let rows = resource.phase.into_iter().flat_map(|phase| &phase.shows);
    let pairs = rows.flat_map(|(role, records)| {
        let records = records.iter();
        records.map(|records| (records.as_str(), role.as_str()))
    });
    pairs_with_role("records", pairs)
}

/// Pairs of something and a role, as records of `field` and `role`.
fn pairs_with_role<'t>(
    field: &str,
    pairs: impl Iterator<Item = (&'t str, &'t str)>,
) -> RestrictedExpression {
    let records = pairs.map(|(value, role)| {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let fields = [
            (field.to_owned(), text(value)),
            ("role".to_owned(), text(role)),
        ];
        RestrictedExpression::new_record(fields)
    });
    // Building a record fails only if a field is given twice.
    RestrictedExpression::new_set(records.filter_map(Result::ok))
}

/// Lists what a phase requires: the methods, and the kinds of body.
fn required(phase: Option<&Phase>) -> RestrictedExpression {
    let requirements = phase.into_iter().flat_map(|phase| &phase.requires);
    let records = requirements.map(|requirement| {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let fields = [
            ("method".to_owned(), text(requirement.method.name())),
            ("of".to_owned(), text(requirement.of.name())),
        ];
        RestrictedExpression::new_record(fields)
    });
    // Building a record fails only if a field is given twice.
    RestrictedExpression::new_set(records.filter_map(Result::ok))
}

/// Builds the context of an act: its details apart from the resource.
pub(crate) fn context(
    act: &str,
    resource: &Resource<'_>,
) -> Result<Context, Box<cedar_policy::ContextCreationError>> {
    let mut details = Attributes::new();
    add(&mut details, "act", act);
    add_known(&mut details, "method", resource.method.map(|of| of.name()));
    add_known(&mut details, "approval", resource.approval);
    add_known(&mut details, "records", resource.records());
    add_known(&mut details, "recipient", resource.recipient);
    if let Some(withdrawn) = resource.withdrawn {
        add(&mut details, "withdrawn", withdrawn.act);
        let is_own = RestrictedExpression::new_bool(withdrawn.is_of_own_role);
        details.insert("enters".to_owned(), is_own);
    }
    if let Some(personal) = resource.personal {
        let flags = [
            ("own", personal.is_own),
            ("given", personal.asker_has_scored),
            ("agreed", personal.panel_has_agreed),
        ];
        for (name, flag) in flags {
            details.insert(name.to_owned(), RestrictedExpression::new_bool(flag));
        }
    }
    Ok(Context::from_pairs(details)?)
}

fn uid(of_type: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of_type.clone(), EntityId::new(id))
}

fn add(attributes: &mut Attributes, name: &str, value: &str) {
    let value = RestrictedExpression::new_string(value.to_owned());
    attributes.insert(name.to_owned(), value);
}

fn add_known(attributes: &mut Attributes, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        add(attributes, name, value);
    }
}
