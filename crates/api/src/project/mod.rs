//! Projection: every object of the schema is declared once, and written straight as JSON.
//!
//! A GraphQL library resolves each selected field as a future and collects the values in maps;
//! for lists of a few thousand cells that costs ten times what the data cost. Here a type is
//! declared by [`object!`](crate::project::object): one entry for each field, with its
//! description, arguments, type and the expression that gives its value. From that one
//! declaration come
//!
//! * the [`TypeInfo`] that async-graphql's registry, the planner and the limits read, and
//! * the function that writes the field.
//!
//! A request is compiled once into a [`Selection`] (aliases, merged keys, fragments, `@skip`,
//! `@include`, variables and arguments are all settled then) and written for every item into one
//! buffer of finished bytes. async-graphql keeps parsing, validation, introspection, the SDL and
//! federation.

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
pub(crate) use plan::{Children, Planned};
pub(crate) use write::{Declared, Object, Project, Writer, Written};
