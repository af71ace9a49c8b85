//! Converts declarations into async-graphql's registry, for validation, introspection and the SDL.

use super::describe::{
    ArgumentInfo, DirectiveInfo, EnumInfo, FieldInfo, InputInfo, InterfaceInfo, Named, ObjectInfo,
    ScalarInfo, TypeInfo, description,
};
use super::variables::Types;
use crate::root;
use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{
    __DirectiveLocation, Deprecation, MetaDirective, MetaEnumValue, MetaField, MetaInputValue,
    MetaType, Registry,
};
use std::sync::Arc;

/// Every type reachable from `roots`, by name.
pub(crate) fn types_from(roots: &[Named]) -> Types {
    let mut types = Types::new();
    let mut pending: Vec<Named> = roots.to_vec();
    while let Some(named) = pending.pop() {
        let info = named();
        if types.insert(info.name(), info).is_none() {
            pending.extend(neighbours(info));
        }
    }
    types
}

fn neighbours(info: &'static TypeInfo) -> Vec<Named> {
    let mut types: Vec<Named> = Vec::new();
    for field in info.fields() {
        types.push(field.ty.named);
        types.extend(field.arguments.iter().map(|argument| argument.ty.named));
    }
    match info {
        TypeInfo::Interface(interface) => types.extend(interface.possible),
        TypeInfo::Input(input) => types.extend(input.fields.iter().map(|field| field.ty.named)),
        TypeInfo::Object(_) | TypeInfo::Enum(_) | TypeInfo::Scalar(_) => {}
    }
    types
}

/// Registers every type reachable from `root`.
pub(crate) fn register(root: Named, registry: &mut Registry) {
    for info in types_from(&[root]).into_values() {
        // async-graphql registers the federation types and built-in scalars itself.
        if info.name().starts_with('_') || registry.types.contains_key(info.name()) {
            continue;
        }
        if let TypeInfo::Object(object) = info {
            for interface in object.interfaces {
                registry.add_implements(object.name, interface);
            }
        }
        registry.types.insert(info.name().to_owned(), meta(info));
    }
}

/// Registers a directive on queries.
pub(crate) fn register_directive(info: &DirectiveInfo, registry: &mut Registry) {
    registry.add_directive(MetaDirective {
        name: info.name.to_owned(),
        description: description(info.doc),
        locations: vec![__DirectiveLocation::QUERY],
        args: meta_arguments(info.arguments),
        is_repeatable: false,
        visible: None,
        composable: None,
    });
}

fn meta(info: &TypeInfo) -> MetaType {
    match info {
        TypeInfo::Object(object) => meta_object(object),
        TypeInfo::Interface(interface) => meta_interface(interface),
        TypeInfo::Enum(values) => meta_enum(values),
        TypeInfo::Scalar(scalar) => meta_scalar(scalar),
        TypeInfo::Input(input) => meta_input(input),
    }
}

fn meta_object(info: &ObjectInfo) -> MetaType {
    MetaType::Object {
        name: info.name.to_owned(),
        description: description(info.doc),
        fields: meta_fields(info.fields),
        cache_control: Default::default(),
        extends: false,
        shareable: info.shareable,
        resolvable: true,
        keys: info.key.map(|key| vec![key.to_owned()]),
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: info.name == root::subscription().name(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn meta_interface(info: &InterfaceInfo) -> MetaType {
    let possible = info.possible.iter();
    MetaType::Interface {
        name: info.name.to_owned(),
        description: description(info.doc),
        fields: meta_fields(info.fields),
        possible_types: possible.map(|named| named().name().to_owned()).collect(),
        extends: false,
        inaccessible: false,
        tags: Vec::new(),
        keys: None,
        visible: None,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn meta_enum(info: &EnumInfo) -> MetaType {
    let values = info.values.iter().map(|value| {
        let meta = MetaEnumValue {
            name: value.name.to_owned(),
            description: description(value.doc),
            deprecation: Deprecation::NoDeprecated,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            directive_invocations: Vec::new(),
        };
        (value.name.to_owned(), meta)
    });
    MetaType::Enum {
        name: info.name.to_owned(),
        description: description(info.doc),
        enum_values: values.collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn meta_scalar(info: &ScalarInfo) -> MetaType {
    MetaType::Scalar {
        name: info.name.to_owned(),
        description: description(info.doc),
        is_valid: Some(Arc::new(info.accepts)),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        specified_by_url: info.specified_by.map(str::to_owned),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn meta_input(info: &InputInfo) -> MetaType {
    MetaType::InputObject {
        name: info.name.to_owned(),
        description: description(info.doc),
        input_fields: meta_arguments(info.fields),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        oneof: false,
        directive_invocations: Vec::new(),
    }
}

fn meta_fields(fields: &[FieldInfo]) -> IndexMap<String, MetaField> {
    let visible_fields = fields.iter().filter(|field| !field.name.starts_with('_'));
    visible_fields
        .map(|field| (field.name.to_owned(), meta_field(field)))
        .collect()
}

fn meta_field(field: &FieldInfo) -> MetaField {
    MetaField {
        name: field.name.to_owned(),
        description: description(field.doc),
        args: meta_arguments(field.arguments),
        ty: field.ty.written(),
        deprecation: deprecation(field.deprecated),
        cache_control: Default::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn deprecation(instead: Option<&str>) -> Deprecation {
    match instead {
        None => Deprecation::NoDeprecated,
        Some(instead) => Deprecation::Deprecated {
            reason: Some(instead.to_owned()),
        },
    }
}

fn meta_arguments(arguments: &[ArgumentInfo]) -> IndexMap<String, MetaInputValue> {
    let meta = |argument: &ArgumentInfo| MetaInputValue {
        name: argument.name.to_owned(),
        description: description(argument.doc),
        ty: argument.ty.written(),
        deprecation: deprecation(argument.deprecated),
        default_value: argument.default.map(str::to_owned),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    };
    arguments
        .iter()
        .map(|argument| (argument.name.to_owned(), meta(argument)))
        .collect()
}
