//! The root types as async-graphql sees them. async-graphql validates documents, answers
//! introspection and prints the SDL; the projection writes all other values (see
//! [`crate::execute`]).

use crate::mutation::Mutation;
use crate::project::describe::Named;
use crate::project::registry::{register, register_directive};
use crate::project::{Object, TypeInfo};
use crate::types::ledger::AsOf;
use crate::types::query::Query;
use crate::types::subscription::Subscription;
use async_graphql::parser::types::{Field, OperationType};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, Response,
    SDLExportOptions, Schema, ServerResult, SubscriptionType, Value,
};
use futures_util::Stream;
use std::borrow::Cow;
use std::pin::Pin;

/// The schema in async-graphql's form.
pub(crate) type Library = Schema<QueryRoot<true>, MutationRoot, SubscriptionRoot>;

/// The query root, without values, with or without its federation fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueryRoot<const FEDERATED: bool>;

/// The declaration of the query root.
pub(crate) fn query() -> &'static TypeInfo {
    <Query<'static> as Object>::INFO
}

/// The declaration of the mutation root.
pub(crate) fn mutation() -> &'static TypeInfo {
    <Mutation<'static> as Object>::INFO
}

/// The declaration of the subscription root.
pub(crate) fn subscription() -> &'static TypeInfo {
    <Subscription<'static> as Object>::INFO
}

/// All root types.
pub(crate) const ROOTS: [Named; 3] = [query, mutation, subscription];

/// The root of an operation.
pub(crate) fn of(operation: OperationType) -> &'static TypeInfo {
    match operation {
        OperationType::Mutation => mutation(),
        OperationType::Query => query(),
        OperationType::Subscription => subscription(),
    }
}

impl<const FEDERATED: bool> OutputType for QueryRoot<FEDERATED> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(query().name())
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(query, registry);
        register_directive(AsOf::INFO, registry);
        if !FEDERATED {
            // async-graphql adds the federation root fields if any type has a key.
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

impl<const FEDERATED: bool> ContainerType for QueryRoot<FEDERATED> {
    async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(Some(Value::Null))
    }

    async fn find_entity(&self, _: &Context<'_>, _: &Value) -> ServerResult<Option<Value>> {
        Ok(Some(Value::Null))
    }
}

impl<const FEDERATED: bool> ObjectType for QueryRoot<FEDERATED> {}

/// The mutation root, without values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MutationRoot;

impl OutputType for MutationRoot {
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

impl ContainerType for MutationRoot {
    async fn resolve_field(&self, _: &Context<'_>) -> ServerResult<Option<Value>> {
        Ok(Some(Value::Null))
    }
}

impl ObjectType for MutationRoot {}

/// The subscription root, without values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SubscriptionRoot;

impl SubscriptionType for SubscriptionRoot {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(subscription().name())
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(subscription, registry);
        Self::qualified_type_name()
    }

    fn create_field_stream<'a>(
        &'a self,
        _: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        None
    }
}

/// Builds the schema.
pub(crate) fn library(suggestions: bool) -> Library {
    let builder =
        Schema::build(QueryRoot::<true>, MutationRoot, SubscriptionRoot).enable_federation();
    if suggestions {
        builder.finish()
    } else {
        builder.disable_suggestions().finish()
    }
}

/// The schema in GraphQL's schema language, for clients and linters.
pub fn schema_sdl() -> String {
    let plain = Schema::build(QueryRoot::<false>, MutationRoot, SubscriptionRoot).finish();
    plain.sdl_with_options(
        SDLExportOptions::new()
            .include_specified_by()
            .use_space_ident(),
    )
}

/// The schema for composition into a federated graph.
pub fn federation_sdl() -> String {
    library(false).sdl_with_options(
        SDLExportOptions::new()
            .federation()
            .compose_directive()
            .include_specified_by()
            .use_space_ident(),
    )
}
