//! Finds out whether an operation selects surveys. They are outside the programme, so they are read
//! before such an answer is written, and the answer is not stored.

use crate::project::plan::{Children, Selection, Target};
use crate::project::{ObjectInfo, TypeInfo};
use async_graphql::parser::types::{ExecutableDocument, Selection as Selected, SelectionSet};

/// The type with the field.
const TYPE: &str = "Cycle";
/// The field.
const FIELD: &str = "surveys";

/// Whether a document selects a field of the name anywhere.
pub(super) fn names_them(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(is_named_in)
}

fn is_named_in(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selected::Field(field) => {
            field.node.name.node == FIELD || is_named_in(&field.node.selection_set.node)
        }
        Selected::InlineFragment(fragment) => is_named_in(&fragment.node.selection_set.node),
        Selected::FragmentSpread(_) => false,
    })
}

/// Whether a selection of a type selects the surveys of a cycle.
pub(super) fn are_selected(ty: &TypeInfo, selection: &Selection) -> bool {
    match ty {
        TypeInfo::Object(object) => are_selected_of(object, selection),
        _ => false,
    }
}

/// Whether what is selected of a field of a type selects the surveys of a cycle.
pub(super) fn are_selected_by(ty: &TypeInfo, children: &Children) -> bool {
    match (ty, children) {
        (_, Children::Leaf) => false,
        (TypeInfo::Interface(interface), children) => {
            let possible = interface.possible.iter().enumerate();
            let mut possible = possible.map(|(at, named)| (named(), children.possible(at)));
            possible.any(|(ty, selection)| are_selected(ty, selection))
        }
        (ty, children) => are_selected(ty, children.object()),
    }
}

fn are_selected_of(object: &ObjectInfo, selection: &Selection) -> bool {
    selection.fields.iter().any(|planned| {
        let Target::Field(position) = planned.target else {
            return false;
        };
        let Some(field) = object.fields.get(usize::from(position)) else {
            return false;
        };
        (object.name == TYPE && field.name == FIELD)
            || are_selected_by((field.ty.named)(), &planned.children)
    })
}
