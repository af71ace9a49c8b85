//! Entities: how other services of a federated graph ask for bodies by their codes.

use super::body::{Body, Cluster, Function, Pct, Seen, Sha};
use crate::picture::Picture;
use crate::project::{Argument, Code, Failure, ScalarInfo, TypeInfo, TypeRef, interface};
use async_graphql::Value;

interface! {
    /// A body as other services of a federated graph know it.
    Entity<'a> as "_Entity" of [Sha, Cluster, Pct, Function] {}
}

/// What another service knows of a body: its type and its code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Representation<'q> {
    typename: &'q str,
    code: &'q str,
}

fn any() -> &'static TypeInfo {
    const {
        &TypeInfo::Scalar(ScalarInfo {
            name: "_Any",
            doc: &["What another service knows of an entity."],
            specified_by: None,
            accepts: |_| true,
        })
    }
}

impl<'q> Argument<'q> for Representation<'q> {
    const TYPE: TypeRef = TypeRef::one(any);

    fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
        let text = |name: &str| match value {
            Some(Value::Object(fields)) => match fields.get(name) {
                Some(Value::String(text)) => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        };
        match (text("__typename"), text("code")) {
            (Some(typename), Some(code)) => Ok(Representation { typename, code }),
            _ => Err(Failure::new(
                Code::BadInput,
                "a representation needs `__typename` and `code`",
            )),
        }
    }
}

/// The body that another service means; `None` where there is none of that type and code.
pub(crate) fn entity<'a>(picture: &'a Picture, wanted: Representation<'_>) -> Option<Entity<'a>> {
    let seen = Seen::with_code(picture, wanted.code)?;
    match (wanted.typename, Body::of(seen)) {
        ("Sha", Body::Sha(it)) => Some(Entity::Sha(it)),
        ("Cluster", Body::Cluster(it)) => Some(Entity::Cluster(it)),
        ("Pct", Body::Pct(it)) => Some(Entity::Pct(it)),
        ("Function", Body::Function(it)) => Some(Entity::Function(it)),
        _ => None,
    }
}
