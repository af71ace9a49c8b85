//! Checks whether fields under one response key can be merged, by the full rule of the
//! specification.
//!
//! async-graphql compares only the fields of one selection set. It would accept two selections of a
//! field that select different things within, under one key; the answer would then contain only one
//! of them.

use super::answer::RequestError;
use crate::project::describe::{TypeInfo, TypeRef};
use crate::project::variables::Types;
use crate::root;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

/// The type that a selection applies to; `None` if only async-graphql knows it.
type Parent = Option<&'static TypeInfo>;

/// A field and the type from which it is selected.
#[derive(Clone, Copy)]
struct Selected<'d> {
    parent: Parent,
    field: &'d Positioned<Field>,
}

/// Checks a document that is otherwise valid.
///
/// # Errors
///
/// The first response keys with conflicting fields.
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
    /// Checks the selections at one place of the answer. `strict` if they may all apply to the same
    /// object; otherwise only their shapes must match.
    fn sets(&mut self, sets: &[(Parent, &'d SelectionSet)], strict: bool) {
        let mut fields_by_key: Vec<(&'d Name, Vec<Selected<'d>>)> = Vec::new();
        let mut seen = Vec::new();
        for (parent, set) in sets {
            self.collect(*parent, set, &mut fields_by_key, &mut seen);
        }
        for (key, fields) in fields_by_key {
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
        fields_by_key: &mut Vec<(&'d Name, Vec<Selected<'d>>)>,
        seen: &mut Vec<&'d Name>,
    ) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let selected = Selected { parent, field };
                    match fields_by_key.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, fields)) => fields.push(selected),
                        None => fields_by_key.push((key, vec![selected])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map_or(parent, |on| self.named(&on.node.on.node));
                    self.collect(on, &fragment.node.selection_set.node, fields_by_key, seen);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else {
                        continue;
                    };
                    if !seen.contains(&name) {
                        seen.push(name);
                        let on = self.named(&fragment.node.type_condition.node.on.node);
                        self.collect(on, &fragment.node.selection_set.node, fields_by_key, seen);
                    }
                }
            }
        }
    }

    fn named(&self, name: &Name) -> Parent {
        self.types.get(name.as_str()).copied()
    }

    /// Checks all fields under one response key.
    fn key(&mut self, key: &Name, fields: &[Selected<'d>], strict: bool) {
        let mut groups: Vec<Vec<Selected<'d>>> = Vec::new();
        for field in fields {
            if let Some(first) = fields.first().filter(|first| !same_shape(first, field)) {
                return self.differ(key, first, field, "have values of different types");
            }
            let mut has_group = false;
            for group in &mut groups {
                let Some(first) = group.first().copied() else {
                    continue;
                };
                if !may_overlap(first.parent, field.parent) {
                    continue;
                }
                if let Some(difference_text) = difference(&first, field).filter(|_| strict) {
                    return self.differ(key, &first, field, difference_text);
                }
                has_group |= is_same(first.parent, field.parent);
                group.push(*field);
            }
            if !has_group {
                // The field also overlaps with earlier fields on other types.
                let before = fields
                    .iter()
                    .take_while(|earlier| !std::ptr::eq(*earlier, field));
                let mut group: Vec<Selected<'d>> = vec![*field];
                group.extend(before.filter(|earlier| may_overlap(earlier.parent, field.parent)));
                groups.push(group);
            }
        }
        if strict {
            for group in &groups {
                self.sets(&nested_sets(group), true);
            }
        }
        if !strict || groups.len() > 1 {
            self.sets(&nested_sets(fields), false);
        }
    }

    fn differ(&mut self, key: &Name, left: &Selected<'d>, right: &Selected<'d>, difference: &str) {
        let shown: String = key.chars().take(60).collect();
        let position =
            |selected: &Selected<'d>| (selected.field.pos.line, selected.field.pos.column);
        self.errors.push(RequestError {
            message: format!("two fields called `{shown}` {difference}: give one of them an alias"),
            code: "GRAPHQL_VALIDATION_FAILED",
            positions: vec![position(left), position(right)],
        });
    }
}

/// The selection sets of a group of fields, with their types.
fn nested_sets<'d>(group: &[Selected<'d>]) -> Vec<(Parent, &'d SelectionSet)> {
    group
        .iter()
        .filter(|selected| !selected.field.node.selection_set.node.items.is_empty())
        .map(|selected| {
            let inner = declared_type(selected).map(|ty| (ty.named)());
            (inner, &selected.field.node.selection_set.node)
        })
        .collect()
}

fn declared_type(selected: &Selected<'_>) -> Option<TypeRef> {
    let name = selected.field.node.name.node.as_str();
    let fields = selected.parent?.fields();
    fields
        .iter()
        .find(|info| info.name == name)
        .map(|info| info.ty)
}

fn is_same(left: Parent, right: Parent) -> bool {
    left.map(TypeInfo::name) == right.map(TypeInfo::name)
}

/// Whether an object can have both types.
fn may_overlap(left: Parent, right: Parent) -> bool {
    match (left, right) {
        (Some(TypeInfo::Object(left)), Some(TypeInfo::Object(right))) => left.name == right.name,
        _ => true,
    }
}

/// How two fields that may apply to one object differ.
fn difference(left: &Selected<'_>, right: &Selected<'_>) -> Option<&'static str> {
    let (left, right) = (&left.field.node, &right.field.node);
    if left.name.node != right.name.node {
        return Some("are different fields");
    }
    let same_arguments = left.arguments.len() == right.arguments.len()
        && left.arguments.iter().all(|(name, value)| {
            right
                .get_argument(&name.node)
                .is_some_and(|argument| argument.node == value.node)
        });
    (!same_arguments).then_some("have different arguments")
}

/// Whether the values of two fields have the same shape.
fn same_shape(left: &Selected<'_>, right: &Selected<'_>) -> bool {
    let (Some(left), Some(right)) = (declared_type(left), declared_type(right)) else {
        return true;
    };
    let lists = |ty: TypeRef| ty.list.map(|list| list.nullable_items);
    if left.nullable != right.nullable || lists(left) != lists(right) {
        return false;
    }
    let (left, right) = ((left.named)(), (right.named)());
    let is_leaf = |info: &TypeInfo| info.fields().is_empty();
    if is_leaf(left) || is_leaf(right) {
        left.name() == right.name()
    } else {
        true
    }
}
