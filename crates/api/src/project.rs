//! Projection: every object of the schema is declared once and written directly as JSON.
//!
//! A GraphQL library resolves each selected field as a future and collects the values in maps,
//! which for lists of a few thousand cells takes ten times as long as computing the data. Instead,
//! a type is declared with [`object!`](crate::project::object): one entry for each field, with its
//! description, arguments, type and the expression that computes its value. The declaration
//! produces
//!
//! * the [`TypeInfo`] that async-graphql's registry, the planner and the limits read, and
//! * the function that writes the field.
//!
//! A request is compiled once into a [`Selection`], which resolves aliases, merged keys, fragments,
//! `@skip`, `@include`, variables and arguments. The selection is then written into one buffer of
//! bytes, item by item. async-graphql still provides parsing, validation, introspection, the SDL
//! and federation.

pub(crate) mod argument;
pub(crate) mod cursor;
pub(crate) mod describe;
pub(crate) mod failure;
pub(crate) mod leaves;
pub(crate) mod macros;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod registry;
pub(crate) mod variables;
pub(crate) mod write;

pub(crate) use argument::Argument;
pub(crate) use describe::{
    ArgumentInfo, DirectiveInfo, EnumInfo, EnumValueInfo, FieldInfo, InputInfo, InterfaceInfo,
    ObjectInfo, ScalarInfo, TypeInfo, TypeRef,
};
pub(crate) use failure::{Code, Failure};
pub(crate) use macros::{connection, directive, enumeration, input, interface, object};
pub(crate) use plan::{Children, PlannedField};
pub(crate) use write::{Declared, Object, Project, WriteResult, Writer};
