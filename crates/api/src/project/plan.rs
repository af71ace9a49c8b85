//! The plan: a selection of the query with everything settled that does not depend on the data.

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
    pub(crate) fields: Vec<Planned>,
}

/// One response key and what stands behind it.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The response key.
    pub(crate) key: Name,
    /// Finished bytes up to the value: `{"key":` or `,"key":`, with the value for `__typename`.
    pub(crate) lead: Box<[u8]>,
    /// What is written.
    pub(crate) target: Target,
    /// Values of the declared arguments, in the order of the declaration.
    pub(crate) arguments: Box<[Option<Value>]>,
    /// What is selected within.
    pub(crate) children: Children,
    /// Which list it is, for a list that is read page by page.
    pub(crate) list: ListId,
    /// Line and column in the query.
    pub(crate) position: (usize, usize),
}

impl Planned {
    /// The values of the arguments, to be read one after the other.
    #[inline]
    pub(crate) fn arguments(&self) -> Arguments<'_> {
        Arguments {
            values: self.arguments.iter(),
            planned: self,
        }
    }
}

/// Values of arguments in the order of their declaration.
#[derive(Debug)]
pub(crate) struct Arguments<'q> {
    values: std::slice::Iter<'q, Option<Value>>,
    planned: &'q Planned,
}

impl<'q> Arguments<'q> {
    /// Reads the next one.
    ///
    /// # Errors
    /// The value is not of the declared type.
    pub(crate) fn next<T: Argument<'q>>(&mut self) -> Result<T, Failure> {
        let value = self.values.next().and_then(Option::as_ref);
        T::read_of(value, self.planned)
    }
}

/// What is written behind a response key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `__typename`: the lead has it already.
    TypeName,
    /// The field at a position of the type's declaration.
    Field(u16),
    /// A field of the root that async-graphql answers: introspection and the federation SDL.
    Library,
}

/// What is selected within a field.
#[derive(Debug)]
pub(crate) enum Children {
    /// Nothing: it is a leaf.
    Leaf,
    /// Fields of one object type.
    Object(Selection),
    /// Fields for each object type that an interface may stand for, in the interface's order.
    Interface(Vec<Selection>),
}

impl Children {
    /// The fields of the only object type that there can be.
    pub(crate) fn object(&self) -> &Selection {
        self.possible(0)
    }

    /// The fields of the object type at a position of the interface's declaration.
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

/// Makes plans for one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planner<'d> {
    /// The document's fragments.
    pub(crate) fragments: &'d Fragments,
    /// The operation's variables.
    pub(crate) variables: &'d Variables,
}

/// All fields of one object under one response key.
struct Group<'d> {
    key: &'d Name,
    fields: Vec<&'d Positioned<Field>>,
}

impl<'d> Planner<'d> {
    /// The plan of several selection sets that are merged on one object type.
    pub(crate) fn selection(&self, object: &ObjectInfo, sets: &[&'d SelectionSet]) -> Selection {
        let mut groups = Vec::new();
        let mut seen = Vec::new();
        for set in sets {
            self.collect(object, set, &mut groups, &mut seen);
        }
        let mut fields = Vec::with_capacity(groups.len());
        for group in groups {
            let first = fields.is_empty();
            fields.extend(self.planned(object, &group, first));
        }
        Selection { fields }
    }

    /// The plan of what several occurrences of one field select within.
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

    /// GraphQL's CollectFields: response keys in order of first appearance, each fragment once.
    fn collect(
        &self,
        object: &ObjectInfo,
        set: &'d SelectionSet,
        groups: &mut Vec<Group<'d>>,
        seen: &mut Vec<&'d Name>,
    ) {
        for item in &set.items {
            if !self.included(item.node.directives()) {
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

    fn planned(&self, object: &ObjectInfo, group: &Group<'d>, first: bool) -> Option<Planned> {
        let field = *group.fields.first()?;
        let name = field.node.name.node.as_str();
        let mut lead = vec![if first { b'{' } else { b',' }];
        write_text(group.key, &mut lead);
        lead.push(b':');
        let position = (field.pos.line, field.pos.column);
        if name == "__typename" {
            write_text(object.name, &mut lead);
            return Some(Planned {
                key: group.key.clone(),
                lead: lead.into(),
                target: Target::TypeName,
                arguments: Box::default(),
                children: Children::Leaf,
                list: ListId::default(),
                position,
            });
        }
        let found = (0..).zip(object.fields).find(|(_, info)| info.name == name);
        let Some((at, info)) = found else {
            return Some(Planned {
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
        Some(Planned {
            key: group.key.clone(),
            lead: lead.into(),
            target: Target::Field(at),
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

    /// The values of the declared arguments; `None` where one was left out and has no default.
    fn arguments(&self, info: &FieldInfo, field: &Field) -> Box<[Option<Value>]> {
        let value_of = |argument: &ArgumentInfo| {
            let given = field.get_argument(argument.name);
            let given = given.and_then(|given| self.variables.filled_in(&given.node));
            match given {
                // As its type has it; what is wrong with it is said when it is read.
                Some(value) => Some(coerce(argument.ty, &value, Origin::Json).unwrap_or(value)),
                None => argument.default_value(),
            }
        };
        info.arguments.iter().map(value_of).collect()
    }

    /// What `@skip` and `@include` say.
    fn included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return true,
            };
            let given = directive.node.get_argument("if");
            let value = given.and_then(|given| self.variables.filled_in(&given.node));
            value == Some(Value::Boolean(wanted))
        })
    }
}

fn applies(object: &ObjectInfo, condition: &TypeCondition) -> bool {
    let name = condition.on.node.as_str();
    let is_entity = || name == "_Entity" && object.key.is_some();
    name == object.name || object.interfaces.contains(&name) || is_entity()
}
