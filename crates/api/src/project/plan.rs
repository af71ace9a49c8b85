//! The plan of a selection: everything about it that does not depend on the data.

use super::argument::Argument;
use super::cursor::ListId;
use super::describe::{ArgumentInfo, FieldInfo, ObjectInfo, TypeInfo, TypeRef};
use super::failure::Failure;
use super::leaves::write_text;
use super::variables::{Origin, Variables, coerce};
use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, Selection as Selected, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Positioned, Value};
use std::collections::HashMap;

/// The fields to write of one object, in the order of the response.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// The fields.
    pub(crate) fields: Vec<PlannedField>,
}

/// A response key and its field.
#[derive(Debug)]
pub(crate) struct PlannedField {
    /// The response key.
    pub(crate) key: Name,
    /// The bytes before the value: `{"key":` or `,"key":`. For `__typename`, they include the
    /// value.
    pub(crate) lead: Box<[u8]>,
    /// What is written after the key.
    pub(crate) target: Target,
    /// Values of the declared arguments, in declaration order.
    pub(crate) arguments: Box<[Option<Value>]>,
    /// The selection within the field.
    pub(crate) children: Children,
    /// The identity of the list, for a paged list.
    pub(crate) list: ListId,
    /// Line and column in the query.
    pub(crate) position: (usize, usize),
}

impl PlannedField {
    /// The values of the arguments, to be read in declaration order.
    #[inline]
    pub(crate) fn arguments(&self) -> Arguments<'_> {
        Arguments {
            values: self.arguments.iter(),
            planned: self,
        }
    }
}

/// Reads the values of arguments in declaration order.
#[derive(Debug)]
pub(crate) struct Arguments<'q> {
    values: std::slice::Iter<'q, Option<Value>>,
    planned: &'q PlannedField,
}

impl<'q> Arguments<'q> {
    /// Reads the next argument.
    ///
    /// # Errors
    ///
    /// The value does not have the declared type.
    #[inline]
    pub(crate) fn next<T: Argument<'q>>(&mut self) -> Result<T, Failure> {
        let value = self.values.next().and_then(Option::as_ref);
        T::read_of(value, self.planned)
    }
}

/// What is written after a response key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `__typename`, which is already in the lead.
    TypeName,
    /// A field, by its position in the type's declaration.
    Field(u16),
    /// A root field resolved by async-graphql: introspection or the federation SDL.
    Library,
}

/// The selection within a field.
#[derive(Debug)]
pub(crate) enum Children {
    /// A leaf, which has no selection.
    Leaf,
    /// Fields of one object type.
    Object(Selection),
    /// Fields for each implementation of an interface, in declaration order.
    Interface(Vec<Selection>),
}

impl Children {
    /// The fields of the only possible object type.
    pub(crate) fn object(&self) -> &Selection {
        self.possible(0)
    }

    /// The fields of the implementation at a position of the interface's declaration.
    pub(crate) fn possible(&self, position: usize) -> &Selection {
        const NOTHING: &Selection = &Selection { fields: Vec::new() };
        match self {
            Children::Object(selection) => selection,
            Children::Interface(selections) => selections.get(position).unwrap_or(NOTHING),
            Children::Leaf => NOTHING,
        }
    }
}

/// The fragments of a document.
pub(crate) type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Plans the selections of one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planner<'d> {
    /// The document's fragments.
    pub(crate) fragments: &'d Fragments,
    /// The operation's variables.
    pub(crate) variables: &'d Variables,
}

/// The fields of one object that share a response key.
struct Group<'d> {
    key: &'d Name,
    fields: Vec<&'d Positioned<Field>>,
}

impl<'d> Planner<'d> {
    /// The plan of several selection sets, merged for one object type.
    pub(crate) fn selection(&self, object: &ObjectInfo, sets: &[&'d SelectionSet]) -> Selection {
        let mut groups = Vec::new();
        let mut seen = Vec::new();
        for set in sets {
            self.collect(object, set, &mut groups, &mut seen);
        }
        let mut fields = Vec::with_capacity(groups.len());
        for group in groups {
            let first = fields.is_empty();
            fields.extend(self.plan_field(object, &group, first));
        }
        Selection { fields }
    }

    /// The plan of everything selected within several occurrences of one field.
    pub(crate) fn children(&self, ty: TypeRef, sets: &[&'d SelectionSet]) -> Children {
        match (ty.named)() {
            TypeInfo::Object(object) => Children::Object(self.selection(object, sets)),
            TypeInfo::Interface(interface) => {
                let possible = interface.possible.iter().map(|named| match named() {
                    TypeInfo::Object(object) => self.selection(object, sets),
                    _ => Selection::default(),
                });
                Children::Interface(possible.collect())
            }
            TypeInfo::Enum(_) | TypeInfo::Scalar(_) | TypeInfo::Input(_) => Children::Leaf,
        }
    }

    /// GraphQL's CollectFields: response keys in order of first appearance, with each fragment
    /// once.
    fn collect(
        &self,
        object: &ObjectInfo,
        set: &'d SelectionSet,
        groups: &mut Vec<Group<'d>>,
        seen: &mut Vec<&'d Name>,
    ) {
        for item in &set.items {
            if !self.is_included(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selected::Field(field) => {
                    let key = &field.node.response_key().node;
                    match groups.iter_mut().find(|group| group.key == key) {
                        Some(group) => group.fields.push(field),
                        None => groups.push(Group {
                            key,
                            fields: vec![field],
                        }),
                    }
                }
                Selected::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|condition| applies(object, &condition.node)) {
                        self.collect(object, &fragment.node.selection_set.node, groups, seen);
                    }
                }
                Selected::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.fragments.get(name) else {
                        continue;
                    };
                    if seen.contains(&name) || !applies(object, &fragment.node.type_condition.node)
                    {
                        continue;
                    }
                    seen.push(name);
                    self.collect(object, &fragment.node.selection_set.node, groups, seen);
                }
            }
        }
    }

    fn plan_field(
        &self,
        object: &ObjectInfo,
        group: &Group<'d>,
        first: bool,
    ) -> Option<PlannedField> {
        let field = *group.fields.first()?;
        let name = field.node.name.node.as_str();
        let mut lead = vec![if first { b'{' } else { b',' }];
        write_text(group.key, &mut lead);
        lead.push(b':');
        let position = (field.pos.line, field.pos.column);
        if name == "__typename" {
            write_text(object.name, &mut lead);
            return Some(PlannedField {
                key: group.key.clone(),
                lead: lead.into(),
                target: Target::TypeName,
                arguments: Box::default(),
                children: Children::Leaf,
                list: ListId::default(),
                position,
            });
        }
        let declaration = (0..).zip(object.fields).find(|(_, info)| info.name == name);
        let Some((field_position, info)) = declaration else {
            return Some(PlannedField {
                key: group.key.clone(),
                lead: lead.into(),
                target: Target::Library,
                arguments: Box::default(),
                children: Children::Leaf,
                list: ListId::default(),
                position,
            });
        };
        let sets: Vec<&SelectionSet> = group
            .fields
            .iter()
            .map(|field| &field.node.selection_set.node)
            .collect();
        let arguments = self.arguments(info, &field.node);
        let is_paged = info
            .arguments
            .iter()
            .any(|argument| argument.name == "after");
        let named = info.arguments.iter().map(|argument| argument.name);
        let list = named.zip(arguments.iter().map(Option::as_ref));
        Some(PlannedField {
            key: group.key.clone(),
            lead: lead.into(),
            target: Target::Field(field_position),
            list: if is_paged {
                ListId::new(name, list)
            } else {
                ListId::default()
            },
            arguments,
            children: self.children(info.ty, &sets),
            position,
        })
    }

    /// The values of the declared arguments; `None` for one that is omitted and has no default.
    fn arguments(&self, info: &FieldInfo, field: &Field) -> Box<[Option<Value>]> {
        let value_of = |argument: &ArgumentInfo| {
            let argument_value = field.get_argument(argument.name);
            let argument_value =
                argument_value.and_then(|value| self.variables.substitute(&value.node));
            match argument_value {
                // If the conversion fails, reading the argument reports the error.
                Some(value) => Some(coerce(argument.ty, &value, Origin::Json).unwrap_or(value)),
                None => argument.default_value(),
            }
        };
        info.arguments.iter().map(value_of).collect()
    }

    /// Whether `@skip` and `@include` allow a selection.
    fn is_included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let required = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return true,
            };
            let argument = directive.node.get_argument("if");
            let value = argument.and_then(|value| self.variables.substitute(&value.node));
            value == Some(Value::Boolean(required))
        })
    }
}

fn applies(object: &ObjectInfo, condition: &TypeCondition) -> bool {
    let name = condition.on.node.as_str();
    let is_entity = || name == "_Entity" && object.key.is_some();
    name == object.name || object.interfaces.contains(&name) || is_entity()
}
