//! The root as async-graphql sees it: it validates, answers introspection and prints the SDL;
//! every value of ours is written by the projection instead (see [`crate::execute`]).

use crate::mutation::Mutation;
use crate::project::describe::Named;
use crate::project::registry::{register, register_directive};
use crate::project::{Object, TypeInfo};
use crate::types::ledger::AsOf;
use crate::types::query::Query;
use async_graphql::parser::types::{Field, OperationType};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, EmptySubscription, ObjectType, OutputType,
    Positioned, SDLExportOptions, Schema, ServerResult, Value,
};
use std::borrow::Cow;

/// The schema as async-graphql holds it.
pub(crate) type Library = Schema<Root<true>, Changes, EmptySubscription>;

/// The root query, without values; with or without what makes it part of a federated graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root<const FEDERATED: bool>;

/// The declaration of the root query.
pub(crate) fn query() -> &'static TypeInfo {
    <Query<'static> as Object>::INFO
}

/// The declaration of the root mutation.
pub(crate) fn mutation() -> &'static TypeInfo {
    <Mutation<'static> as Object>::INFO
}

/// Every root.
pub(crate) const ROOTS: [Named; 2] = [query, mutation];

/// The root of an operation. Subscriptions have none; validation refuses them.
pub(crate) fn of(operation: OperationType) -> &'static TypeInfo {
    match operation {
        OperationType::Mutation => mutation(),
        OperationType::Query | OperationType::Subscription => query(),
    }
}

impl<const FEDERATED: bool> OutputType for Root<FEDERATED> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(query().name())
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(query, registry);
        register_directive(AsOf::INFO, registry);
        if !FEDERATED {
            // async-graphql adds the root fields of federation wherever a type has a key.
            for meta in registry.types.values_mut() {
                if let MetaType::Object { keys, .. } = meta {
                    *keys = None;
                }
            }
        }
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

impl<const FEDERATED: bool> ContainerType for Root<FEDERATED> {
    async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(Some(Value::Null))
    }

    async fn find_entity(&self, _: &Context<'_>, _: &Value) -> ServerResult<Option<Value>> {
        Ok(Some(Value::Null))
    }
}

impl<const FEDERATED: bool> ObjectType for Root<FEDERATED> {}

/// The root mutation, without values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changes;

impl OutputType for Changes {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(mutation().name())
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(mutation, registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

impl ContainerType for Changes {
    async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(Some(Value::Null))
    }
}

impl ObjectType for Changes {}

/// Builds the schema.
pub(crate) fn library(suggestions: bool) -> Library {
    let builder = Schema::build(Root::<true>, Changes, EmptySubscription).enable_federation();
    if suggestions {
        builder.finish()
    } else {
        builder.disable_suggestions().finish()
    }
}

/// The schema in GraphQL's own language, as clients and linters read it.
pub fn schema_sdl() -> String {
    let plain = Schema::build(Root::<false>, Changes, EmptySubscription).finish();
    plain.sdl_with_options(
        SDLExportOptions::new()
            .include_specified_by()
            .use_space_ident(),
    )
}

/// The schema as a federated graph composes it.
pub fn federation_sdl() -> String {
    library(false).sdl_with_options(
        SDLExportOptions::new()
            .federation()
            .compose_directive()
            .include_specified_by()
            .use_space_ident(),
    )
}
