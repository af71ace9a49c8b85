//! Decides who may do what, and who sees what, by Cedar policies.
//!
//! [`CedarPolicy`] implements the core's [`Policy`](wcc_core::policy::Policy). Policies are files
//! that an authority can read, test and extend; `configs/policies` has the policies that ship and
//! the schema. Every policy is validated strictly before it is used. An act that no policy permits
//! is denied.

mod act_target;
mod cedar;
mod decision_cache;
mod description;
mod entities;
mod files;
mod permission_table;
mod problem;
mod roles;
mod schema;
mod statements;

pub use act_target::ActTarget;
pub use cedar::{CedarPolicy, Explanation};
pub use description::PolicyDescription;
pub use files::PolicyFile;
pub use permission_table::PermissionTable;
pub use problem::{PolicyProblem, PolicyProblems};
pub use schema::acts_schema;
