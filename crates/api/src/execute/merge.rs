//! Whether fields under one response key can be merged: the specification's rule in full.
//!
//! async-graphql compares the fields of one selection set only. Two selections of a field that
//! select something different within, under one key, would pass; the answer would show the one
//! and not the other.

use super::answer::RequestError;
use crate::project::describe::{TypeInfo, TypeRef};
use crate::project::variables::Types;
use crate::root;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

/// The type that a selection is made on; `None` where the library knows it better.
type Parent = Option<&'static TypeInfo>;

/// A field and the type that it is selected on.
#[derive(Clone, Copy)]
struct Selected<'d> {
    parent: Parent,
    field: &'d Positioned<Field>,
}

/// Checks a document that is valid but for this rule.
///
/// # Errors
/// The first keys that stand for different things.
pub(crate) fn check(document: &ExecutableDocument, types: &Types) -> Result<(), Vec<RequestError>> {
    let mut checker = Checker {
        document,
        types,
        errors: Vec::new(),
    };
    for (_, operation) in document.operations.iter() {
        let set = &operation.node.selection_set.node;
        checker.sets(&[(Some(root::of(operation.node.ty)), set)], true);
    }
    if checker.errors.is_empty() {
        Ok(())
    } else {
        Err(checker.errors)
    }
}

struct Checker<'d> {
    document: &'d ExecutableDocument,
    types: &'d Types,
    errors: Vec<RequestError>,
}

impl<'d> Checker<'d> {
    /// Checks what is selected on one place of the answer. `strict` where all of it can come of
    /// one object; otherwise only the shapes have to be alike.
    fn sets(&mut self, sets: &[(Parent, &'d SelectionSet)], strict: bool) {
        let mut found: Vec<(&'d Name, Vec<Selected<'d>>)> = Vec::new();
        let mut seen = Vec::new();
        for (parent, set) in sets {
            self.collect(*parent, set, &mut found, &mut seen);
        }
        for (key, fields) in found {
            if !self.errors.is_empty() {
                return;
            }
            self.key(key, &fields, strict);
        }
    }

    fn collect(
        &self,
        parent: Parent,
        set: &'d SelectionSet,
        found: &mut Vec<(&'d Name, Vec<Selected<'d>>)>,
        seen: &mut Vec<&'d Name>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let selected = Selected { parent, field };
                    match found.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, fields)) => fields.push(selected),
                        None => found.push((key, vec![selected])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map_or(parent, |on| self.named(&on.node.on.node));
                    self.collect(on, &fragment.node.selection_set.node, found, seen);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else {
                        continue;
                    };
                    if !seen.contains(&name) {
                        seen.push(name);
                        let on = self.named(&fragment.node.type_condition.node.on.node);
                        self.collect(on, &fragment.node.selection_set.node, found, seen);
                    }
                }
            }
        }
    }

    fn named(&self, name: &Name) -> Parent {
        self.types.get(name.as_str()).copied()
    }

    /// Checks all that stands under one key.
    fn key(&mut self, key: &Name, fields: &[Selected<'d>], strict: bool) {
        let mut groups: Vec<Vec<Selected<'d>>> = Vec::new();
        for field in fields {
            if let Some(first) = fields.first().filter(|first| !same_shape(first, field)) {
                return self.differ(key, first, field, "have values of different types");
            }
            let mut at_home = false;
            for group in &mut groups {
                let Some(first) = group.first().copied() else {
                    continue;
                };
                if !meet(first.parent, field.parent) {
                    continue;
                }
                if let Some(how) = difference(&first, field).filter(|_| strict) {
                    return self.differ(key, &first, field, how);
                }
                at_home |= same(first.parent, field.parent);
                group.push(*field);
            }
            if !at_home {
                // It also meets what came before it on other types.
                let before = fields
                    .iter()
                    .take_while(|selected| !std::ptr::eq(*selected, field));
                let mut group: Vec<Selected<'d>> = vec![*field];
                group.extend(before.filter(|selected| meet(selected.parent, field.parent)));
                groups.push(group);
            }
        }
        if strict {
            for group in &groups {
                self.sets(&within(group), true);
            }
        }
        if !strict || groups.len() > 1 {
            self.sets(&within(fields), false);
        }
    }

    fn differ(&mut self, key: &Name, left: &Selected<'d>, right: &Selected<'d>, how: &str) {
        let shown: String = key.chars().take(60).collect();
        let position = |left: &Selected<'d>| (left.field.pos.line, left.field.pos.column);
        self.errors.push(RequestError {
            message: format!("two fields called `{shown}` {how}: give one of them an alias"),
            code: "GRAPHQL_VALIDATION_FAILED",
            positions: vec![position(left), position(right)],
        });
    }
}

/// What a group of fields selects within.
fn within<'d>(group: &[Selected<'d>]) -> Vec<(Parent, &'d SelectionSet)> {
    group
        .iter()
        .filter(|selected| !selected.field.node.selection_set.node.items.is_empty())
        .map(|selected| {
            let inner = declared(selected).map(|ty| (ty.named)());
            (inner, &selected.field.node.selection_set.node)
        })
        .collect()
}

fn declared(selected: &Selected<'_>) -> Option<TypeRef> {
    let name = selected.field.node.name.node.as_str();
    let fields = selected.parent?.fields();
    fields
        .iter()
        .find(|info| info.name == name)
        .map(|info| info.ty)
}

fn same(left: Parent, right: Parent) -> bool {
    left.map(TypeInfo::name) == right.map(TypeInfo::name)
}

/// Whether one object can be of both types.
fn meet(left: Parent, right: Parent) -> bool {
    match (left, right) {
        (Some(TypeInfo::Object(left)), Some(TypeInfo::Object(right))) => left.name == right.name,
        _ => true,
    }
}

/// How two fields that can come of one object differ.
fn difference(left: &Selected<'_>, right: &Selected<'_>) -> Option<&'static str> {
    let (left, right) = (&left.field.node, &right.field.node);
    if left.name.node != right.name.node {
        return Some("are different fields");
    }
    let alike = left.arguments.len() == right.arguments.len()
        && left.arguments.iter().all(|(name, value)| {
            right
                .get_argument(&name.node)
                .is_some_and(|given| given.node == value.node)
        });
    (!alike).then_some("have different arguments")
}

/// Whether the values of two fields have the same form.
fn same_shape(left: &Selected<'_>, right: &Selected<'_>) -> bool {
    let (Some(left), Some(right)) = (declared(left), declared(right)) else {
        return true;
    };
    let lists = |ty: TypeRef| ty.list.map(|list| list.nullable_items);
    if left.nullable != right.nullable || lists(left) != lists(right) {
        return false;
    }
    let (left, right) = ((left.named)(), (right.named)());
    let leaf = |info: &TypeInfo| info.fields().is_empty();
    if leaf(left) || leaf(right) {
        left.name() == right.name()
    } else {
        true
    }
}
