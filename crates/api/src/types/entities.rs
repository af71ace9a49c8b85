//! Entities: how other services of a federated graph ask for bodies by their codes.

use super::body::{Body, Cluster, Function, Pct, Seen, Sha};
use crate::picture::Picture;
use crate::project::{Argument, Code, Failure, ScalarInfo, TypeInfo, TypeRef, interface};
use async_graphql::Value;
use std::borrow::Cow;

interface! {
    /// A body as other services of a federated graph know it.
    Entity<'a> as "_Entity" of [Sha, Cluster, Pct, Function] {}
}

/// What another service knows of a body: its type and its code, or what is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Representation<'q>(Result<(&'q str, Cow<'q, str>), Failure>);

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

    /// One that is wrong costs its own entity and no other.
    fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
        let member = |name: &str| match value {
            Some(Value::Object(fields)) => fields.get(name),
            _ => None,
        };
        let code = match member("code") {
            Some(Value::String(code)) => Some(Cow::Borrowed(code.as_str())),
            Some(Value::Number(code)) if code.is_i64() || code.is_u64() => {
                Some(Cow::Owned(code.to_string()))
            }
            _ => None,
        };
        let bad = |message: String| Failure::new(Code::BadInput, message);
        Ok(Representation(match (member("__typename"), code) {
            (Some(Value::String(name)), Some(code)) if TYPES.contains(&name.as_str()) => {
                Ok((name, code))
            }
            (Some(Value::String(name)), Some(_)) => {
                let name: String = name.chars().take(60).collect();
                Err(bad(format!(
                    "`{name}` is not an entity of this service: expected {}",
                    TYPES.join(", ")
                )))
            }
            _ => Err(bad(
                "a representation needs `__typename` and `code`".to_owned()
            )),
        }))
    }
}

/// The types that have a key.
const TYPES: [&str; 4] = ["Sha", "Cluster", "Pct", "Function"];

/// The body that another service means; `None` if there is none of that type and code.
///
/// # Errors
/// The representation is wrong.
pub(crate) fn entity<'a>(
    picture: &'a Picture,
    wanted: Representation<'_>,
) -> Result<Option<Entity<'a>>, Failure> {
    let (typename, code) = wanted.0?;
    let found = Seen::with_code(picture, &code).map(Body::of);
    Ok(match (typename, found) {
        ("Sha", Some(Body::Sha(it))) => Some(Entity::Sha(it)),
        ("Cluster", Some(Body::Cluster(it))) => Some(Entity::Cluster(it)),
        ("Pct", Some(Body::Pct(it))) => Some(Entity::Pct(it)),
        ("Function", Some(Body::Function(it))) => Some(Entity::Function(it)),
        _ => None,
    })
}
