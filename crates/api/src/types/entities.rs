//! Entities: how other services of a federated graph request bodies by their codes.

use super::body::{Body, BodyView, Cluster, Function, Pct, Sha};
use crate::picture::Picture;
use crate::project::{Argument, Code, Failure, ScalarInfo, TypeInfo, TypeRef, interface};
use async_graphql::Value;
use std::borrow::Cow;

interface! {
    /// A body as other services of a federated graph know it.
    Entity<'a> as "_Entity" of [Sha, Cluster, Pct, Function] {}
}

/// How another service refers to a body: by type and code, or the error in the reference.
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

    /// An invalid representation fails only its own entity, not the whole list.
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

/// The body to which another service refers; `None` if none has this type and code.
///
/// # Errors
///
/// The representation is invalid.
pub(crate) fn entity<'a>(
    picture: &'a Picture,
    representation: Representation<'_>,
) -> Result<Option<Entity<'a>>, Failure> {
    let (typename, code) = representation.0?;
    let body = BodyView::with_code(picture, &code).map(Body::of);
    Ok(match (typename, body) {
        ("Sha", Some(Body::Sha(sha))) => Some(Entity::Sha(sha)),
        ("Cluster", Some(Body::Cluster(cluster))) => Some(Entity::Cluster(cluster)),
        ("Pct", Some(Body::Pct(pct))) => Some(Entity::Pct(pct)),
        ("Function", Some(Body::Function(function))) => Some(Entity::Function(function)),
        _ => None,
    })
}
