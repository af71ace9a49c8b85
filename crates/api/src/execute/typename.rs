//! `__typename`, which async-graphql's validation passes over.

use super::answer::RequestError;
use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, Selection, SelectionSet,
};

/// Makes directives on `__typename` visible to validation, in the copy that is validated: it
/// becomes an inline fragment with them around it, which means the same.
///
/// # Errors
/// A `__typename` with arguments or a selection.
pub(crate) fn show(document: &mut ExecutableDocument) -> Result<(), RequestError> {
    for fragment in document.fragments.values_mut() {
        set(&mut fragment.node.selection_set.node)?;
    }
    match &mut document.operations {
        async_graphql::parser::types::DocumentOperations::Single(operation) => {
            set(&mut operation.node.selection_set.node)
        }
        async_graphql::parser::types::DocumentOperations::Multiple(operations) => operations
            .values_mut()
            .try_for_each(|operation| set(&mut operation.node.selection_set.node)),
    }
}

fn set(within: &mut SelectionSet) -> Result<(), RequestError> {
    for item in &mut within.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {
                leaf(field)?;
                if !field.node.directives.is_empty() {
                    item.node = wrapped(field);
                }
            }
            Selection::Field(field) => set(&mut field.node.selection_set.node)?,
            Selection::InlineFragment(fragment) => {
                set(&mut fragment.node.selection_set.node)?;
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

fn leaf(field: &Positioned<Field>) -> Result<(), RequestError> {
    let Field {
        arguments,
        selection_set,
        ..
    } = &field.node;
    if arguments.is_empty() && selection_set.node.items.is_empty() {
        return Ok(());
    }
    Err(RequestError {
        message: "`__typename` takes no arguments and no selection".to_owned(),
        code: "GRAPHQL_VALIDATION_FAILED",
        positions: vec![(field.pos.line, field.pos.column)],
    })
}

fn wrapped(field: &mut Positioned<Field>) -> Selection {
    let directives = std::mem::take(&mut field.node.directives);
    let within = Selection::Field(field.clone());
    let set = SelectionSet {
        items: vec![Positioned::new(within, field.pos)],
    };
    let fragment = InlineFragment {
        type_condition: None,
        directives,
        selection_set: Positioned::new(set, field.pos),
    };
    Selection::InlineFragment(Positioned::new(fragment, field.pos))
}
