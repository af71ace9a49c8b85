//! The core's policy, decided by Cedar.

use crate::decision_cache::DecisionCache;
use crate::entities::{Types, context};
use crate::files::PolicyFile;
use crate::problem::{PolicyProblem, PolicyProblems};
use crate::schema::schema;
use crate::statements::Statements;
use cedar_policy::{
    Authorizer, Decision as Answer, Entities, Entity, EntityTypeName, PartialEntities,
    PartialEntity, PartialEntityUid, PartialRequest, PolicyId, PolicySet, Request, Response,
    Schema, ValidationMode, Validator,
};
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::Path;
use wcc_core::actor::Actor;
use wcc_core::policy::{Decision, Policy, Question, Resource};

/// Decides by Cedar policies. The default is to deny; a policy that cannot be evaluated denies as
/// well.
pub struct CedarPolicy {
    schema: Schema,
    policies: PolicySet,
    types: Types,
    /// Where each policy is, by its name.
    places: BTreeMap<String, String>,
    decisions: DecisionCache,
}

impl fmt::Debug for CedarPolicy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.names().collect();
        out.debug_tuple("CedarPolicy").field(&names).finish()
    }
}

/// A decision with the policies that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The names of the policies that decided, in alphabetical order: those that permit if the act
    /// is allowed, those that forbid if it is denied. Empty if the act is denied because no policy
    /// permits it.
    pub policies: Vec<String>,
}

impl CedarPolicy {
    /// Loads the policies that ship with the program.
    ///
    /// # Errors
    /// The shipped policies are invalid, which is a bug in the program.
    pub fn shipped() -> Result<CedarPolicy, PolicyProblems> {
        CedarPolicy::from_files(&PolicyFile::shipped())
    }

    /// Reads the policies in the `*.cedar` files of a folder, in place of those that ship.
    ///
    /// # Errors
    /// All problems, each with its file and line.
    pub fn read_folder(folder: &Path) -> Result<CedarPolicy, PolicyProblems> {
        CedarPolicy::from_files(&PolicyFile::read_folder(folder)?)
    }

    /// Builds a policy from texts and validates it strictly.
    ///
    /// The name of a policy is its annotation `@id`, or else its file and position:
    /// `public.cedar#2`.
    ///
    /// # Errors
    /// All problems, each with its file and line.
    pub fn from_files(files: &[PolicyFile]) -> Result<CedarPolicy, PolicyProblems> {
        let schema = schema().map_err(|problem| PolicyProblems(vec![problem]))?;
        let types = Types::new().map_err(|error| {
            PolicyProblems(vec![PolicyProblem::of_file(
                "wcc.cedarschema",
                error.to_string(),
            )])
        })?;
        let mut problems = Vec::new();
        let mut policies = PolicySet::new();
        let mut origins: BTreeMap<PolicyId, Origin<'_>> = BTreeMap::new();
        for file in files {
            for (id, origin, policy) in read_file(file, &mut problems) {
                if let Some(first) = origins.get(&id) {
                    problems.push(second_of_name(&id, &origin, first));
                    continue;
                }
                if let Err(error) = policies.add(policy) {
                    problems.push(origin.problem(error.to_string()));
                }
                origins.insert(id, origin);
            }
        }
        let validated = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let errors = validated.validation_errors();
        problems.extend(errors.map(|error| match origins.get(error.policy_id()) {
            Some(origin) => origin.diagnostic(error),
            None => PolicyProblem::of_file("policies", error.to_string()),
        }));
        // A policy that can never apply is a mistake, above all a `forbid` that hides nothing.
        let warnings = validated.validation_warnings();
        problems.extend(
            warnings.map(|warning| match origins.get(warning.policy_id()) {
                Some(origin) => origin.diagnostic(warning),
                None => PolicyProblem::of_file("policies", warning.to_string()),
            }),
        );
        if problems.is_empty() {
            return Ok(CedarPolicy {
                schema,
                policies,
                types,
                places: origins
                    .iter()
                    .map(|(id, origin)| (id.to_string(), origin.in_words()))
                    .collect(),
                decisions: DecisionCache::default(),
            });
        }
        problems.sort_by(|left, right| (&left.file, left.place).cmp(&(&right.file, right.place)));
        Err(PolicyProblems(problems))
    }

    /// The names of the policies, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let mut names: Vec<String> = self
            .policies
            .policies()
            .map(|policy| policy.id().to_string())
            .collect();
        names.sort();
        names.into_iter()
    }

    /// Where a policy is, for people: `public.cedar, line 2`.
    pub fn place(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(String::as_str)
    }

    /// Returns the policy of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&cedar_policy::Policy> {
        self.policies.policy(&PolicyId::new(name))
    }

    /// Returns every policy.
    pub(crate) fn each(&self) -> impl Iterator<Item = &cedar_policy::Policy> {
        self.policies.policies()
    }

    /// Answers a question and names the policies that decided.
    pub fn explain(&self, question: &Question<'_>) -> Explanation {
        explanation(question, self.answer(question))
    }

    /// The same, with entities that were built before by [`CedarPolicy::entities`].
    pub(crate) fn explain_with(&self, question: &Question<'_>, entities: &Entities) -> Explanation {
        let Question {
            actor,
            act,
            resource,
        } = question;
        // Not checked against the schema: the permission table asks thousands of questions of one form.
        let request = self.request(actor, act, resource, None);
        let authorizer = Authorizer::new();
        let decide =
            |request: Request| authorizer.is_authorized(&request, &self.policies, entities);
        explanation(question, request.map(decide))
    }

    fn answer(&self, question: &Question<'_>) -> Result<Response, String> {
        let Question {
            actor,
            act,
            resource,
        } = question;
        let request = self.request(actor, act, resource, Some(&self.schema))?;
        let entities =
            self.entities(std::slice::from_ref(*actor), std::slice::from_ref(resource))?;
        Ok(Authorizer::new().is_authorized(&request, &self.policies, &entities))
    }

    fn request(
        &self,
        actor: &Actor,
        act: &str,
        resource: &Resource<'_>,
        schema: Option<&Schema>,
    ) -> Result<Request, String> {
        let context = context(act, resource).map_err(unusable)?;
        Request::new(
            self.types.actor_uid(actor),
            self.types.act(act),
            self.types.resource_uid(resource),
            context,
            schema,
        )
        .map_err(unusable)
    }

    /// Builds the entities of actors, of resources, and of the cycles of the resources.
    pub(crate) fn entities(
        &self,
        actors: &[Actor],
        resources: &[Resource<'_>],
    ) -> Result<Entities, String> {
        let mut known = HashSet::new();
        let mut entities = Vec::with_capacity(resources.len() + 2);
        let mut add = |entity: Entity| {
            if known.insert(entity.uid()) {
                entities.push(entity);
            }
        };
        for actor in actors {
            add(self.types.actor(actor).map_err(unusable)?);
        }
        let mut cycles = HashSet::new();
        for resource in resources {
            // A cycle has many bodies, and what its phases open is long: it is built once.
            let is_new = resource.cycle.is_some_and(|cycle| cycles.insert(cycle));
            if is_new && let Some(cycle) = self.types.cycle_of(resource) {
                add(cycle.map_err(unusable)?);
            }
            add(self.types.resource(resource).map_err(unusable)?);
        }
        Entities::from_entities(entities, Some(&self.schema)).map_err(unusable)
    }

    /// Evaluates the policies for all resources of a type at once. Returns the policies that still
    /// depend on the resource, or one answer for all.
    fn narrow(
        &self,
        actor: &Actor,
        act: &str,
        of_type: &EntityTypeName,
        sample: &Resource<'_>,
    ) -> Result<PartialAnswer, String> {
        let request = PartialRequest::new(
            PartialEntityUid::from_concrete(self.types.actor_uid(actor)),
            self.types.act(act),
            PartialEntityUid::new(of_type.clone(), None),
            Some(context(act, sample).map_err(unusable)?),
            &self.schema,
        )
        .map_err(unusable)?;
        let actor = self.types.actor(actor).map_err(unusable)?;
        let (id, attributes, parents) = actor.into_inner();
        let attributes = attributes.into_iter();
        let attributes = attributes
            .map(|(name, value)| (name.into(), value))
            .collect();
        let actor = PartialEntity::new(
            id,
            Some(attributes),
            Some(parents),
            Some(BTreeMap::new()),
            &self.schema,
        )
        .map_err(unusable)?;
        let entities =
            PartialEntities::from_partial_entities([actor], &self.schema).map_err(unusable)?;
        let response = self
            .policies
            .tpe(&request, &entities, &self.schema)
            .map_err(unusable)?;
        let failed =
            response.error_permits().next().is_some() || response.error_forbids().next().is_some();
        Ok(match response.decision() {
            Some(_) if failed => PartialAnswer::Same(false),
            Some(answer) => PartialAnswer::Same(answer == Answer::Allow),
            None => PartialAnswer::Open(Box::new(response.policy_set())),
        })
    }

    /// Answers the same question about resources of one type and method.
    fn decide_group(
        &self,
        actor: &Actor,
        act: &str,
        resources: &[Resource<'_>],
    ) -> Result<Vec<bool>, String> {
        let Some(sample) = resources.first() else {
            return Ok(Vec::new());
        };
        let of_type = self.types.type_of(sample);
        let policies = match self.narrow(actor, act, of_type, sample)? {
            PartialAnswer::Same(allowed) => return Ok(vec![allowed; resources.len()]),
            PartialAnswer::Open(policies) => policies,
        };
        let entities = self.entities(std::slice::from_ref(actor), resources)?;
        let authorizer = Authorizer::new();
        let allowed = |resource| {
            let request = self.request(actor, act, resource, Some(&self.schema))?;
            let response = authorizer.is_authorized(&request, &policies, &entities);
            Ok(is_allowed(&response))
        };
        resources.iter().map(allowed).collect()
    }
}

/// The result of evaluating policies without a resource.
enum PartialAnswer {
    /// The answer is the same for every resource.
    Same(bool),
    /// These policies still have to be evaluated for each resource.
    Open(Box<PolicySet>),
}

impl Policy for CedarPolicy {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let decide = || self.explain(question).decision;
        self.decisions.decision(question, decide)
    }

    /// Evaluates the policies once for the actor, and then evaluates for each resource only the
    /// policies that still depend on it.
    fn decide_each(&self, actor: &Actor, act: &str, resources: &[Resource<'_>]) -> Vec<bool> {
        let mut allowed = vec![false; resources.len()];
        let group = |resource: &Resource<'_>| {
            let of_type = (resource.body.is_some(), resource.cycle.is_some());
            // A body has the same type with and without a cycle.
            let of_type = if of_type.0 { (true, true) } else { of_type };
            // Bodies of one cycle may be in different phases.
            let phase = resource.phase.map(|phase| phase.id.as_str());
            (
                of_type,
                resource.method,
                resource.records(),
                resource.personal,
                resource.recipient.map(str::to_owned),
                phase.map(str::to_owned),
            )
        };
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, resource) in resources.iter().enumerate() {
            groups.entry(group(resource)).or_default().push(at);
        }
        for places in groups.values() {
            let members: Vec<Resource<'_>> = places
                .iter()
                .filter_map(|at| resources.get(*at))
                .copied()
                .collect();
            // If the policies cannot be evaluated, everything is denied.
            let decided = self.decide_group(actor, act, &members).unwrap_or_default();
            for (at, decision) in places.iter().zip(decided) {
                if let Some(slot) = allowed.get_mut(*at) {
                    *slot = decision;
                }
            }
        }
        allowed
    }
}

/// Where a policy comes from.
struct Origin<'f> {
    file: &'f PolicyFile,
    /// Line and column where it starts.
    place: Option<(usize, usize)>,
}

impl Origin<'_> {
    fn in_words(&self) -> String {
        let line = self.place.map(|(line, _)| format!(", line {line}"));
        format!("{}{}", self.file.name, line.unwrap_or_default())
    }

    fn problem(&self, message: impl Into<String>) -> PolicyProblem {
        PolicyProblem::at(&self.file.name, self.place, message)
    }

    fn diagnostic(&self, diagnostic: &dyn miette::Diagnostic) -> PolicyProblem {
        PolicyProblem::of_diagnostic(&self.file.name, &self.file.text, diagnostic)
    }
}

/// Reads the policies of a file, each under its name, in the order of the text. Adds what is wrong
/// with the file to `problems`, and leaves out policies that have no usable name.
fn read_file<'f>(
    file: &'f PolicyFile,
    problems: &mut Vec<PolicyProblem>,
) -> Vec<(PolicyId, Origin<'f>, cedar_policy::Policy)> {
    let statements = match Statements::read(file) {
        Ok(statements) => statements,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let parsed: PolicySet = match file.text.parse() {
        Ok(parsed) => parsed,
        Err(errors) => {
            problems.extend(syntax_errors(file, &errors));
            return Vec::new();
        }
    };
    let origin = |number: Option<usize>| Origin {
        file,
        place: number.and_then(|number| statements.starts.get(number).copied()),
    };
    for template in parsed.templates() {
        let message = "is a template (`?principal` or `?resource`), which this program never links";
        let problem = origin(number(template.id())).problem(message);
        problems.push(problem.with_help("write a policy instead"));
    }
    for (place, name) in &statements.calls {
        let message =
            format!("`{name}(...)` cannot be used: nothing that policies ask about is of its type");
        let problem = PolicyProblem::at(&file.name, Some(*place), message);
        problems.push(problem.with_help("compare texts, numbers and sets"));
    }
    let mut policies: Vec<_> = parsed.policies().collect();
    policies.sort_by_key(|policy| number(policy.id()));
    let mut named = Vec::new();
    for (policy, position) in policies.into_iter().zip(1..) {
        let origin = origin(number(policy.id()));
        let name = match policy.annotation("id") {
            Some(id) if wcc_core::text::is_blank(id) => {
                let problem = origin.problem("has an empty `@id`");
                problems.push(problem.with_help("name the policy, or leave `@id` out"));
                continue;
            }
            Some(id) => id.to_owned(),
            None => format!("{}#{position}", file.name),
        };
        let id = PolicyId::new(name);
        named.push((id.clone(), origin, policy.new_id(id)));
    }
    named
}

/// The position of a policy in its file, from 0. Cedar names policies `policy0`, `policy1`, ... in
/// the order of reading.
fn number(id: &PolicyId) -> Option<usize> {
    id.to_string().trim_start_matches("policy").parse().ok()
}

fn second_of_name(id: &PolicyId, second: &Origin<'_>, first: &Origin<'_>) -> PolicyProblem {
    let file = &first.file.name;
    let place = first.place.map(|(line, _)| format!(", line {line}"));
    let place = place.unwrap_or_default();
    let message = format!("a second policy has the name `{id}`; the first is in {file}{place}");
    second.problem(message)
}

fn syntax_errors(file: &PolicyFile, errors: &cedar_policy::ParseErrors) -> Vec<PolicyProblem> {
    let each = errors.iter();
    each.map(|error| PolicyProblem::of_diagnostic(&file.name, &file.text, error))
        .collect()
}

fn is_allowed(response: &Response) -> bool {
    // If a `forbid` fails to evaluate, the act must not be allowed.
    let mut errors = response.diagnostics().errors();
    response.decision() == Answer::Allow && errors.next().is_none()
}

fn explanation(question: &Question<'_>, response: Result<Response, String>) -> Explanation {
    let response = match response {
        Ok(response) => response,
        Err(message) => {
            return Explanation {
                decision: denied(message),
                policies: Vec::new(),
            };
        }
    };
    let mut policies: Vec<String> = response
        .diagnostics()
        .reason()
        .map(ToString::to_string)
        .collect();
    policies.sort();
    let decision = if is_allowed(&response) {
        Decision::Allowed
    } else {
        let Question { actor, act, .. } = question;
        denied(Decision::reason_by_role(actor, act))
    };
    Explanation { decision, policies }
}

fn denied(reason: String) -> Decision {
    Decision::Denied { reason }
}

/// Explains why there is no decision: the question does not match the schema.
fn unusable(error: impl fmt::Display) -> String {
    format!("the policies cannot decide this: {error}")
}
