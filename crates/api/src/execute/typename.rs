//! `__typename`, whose directives async-graphql does not validate.

use super::answer::RequestError;
use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, Selection, SelectionSet,
};

/// Makes directives on `__typename` visible to validation, in the copy that is validated. The field
/// is wrapped in an inline fragment that carries the directives, which is equivalent.
///
/// # Errors
///
/// A `__typename` has arguments or a selection.
pub(crate) fn expose_directives(document: &mut ExecutableDocument) -> Result<(), RequestError> {
    for fragment in document.fragments.values_mut() {
        expose_in_set(&mut fragment.node.selection_set.node)?;
    }
    match &mut document.operations {
        async_graphql::parser::types::DocumentOperations::Single(operation) => {
            expose_in_set(&mut operation.node.selection_set.node)
        }
        async_graphql::parser::types::DocumentOperations::Multiple(operations) => operations
            .values_mut()
            .try_for_each(|operation| expose_in_set(&mut operation.node.selection_set.node)),
    }
}

fn expose_in_set(set: &mut SelectionSet) -> Result<(), RequestError> {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {
                check_leaf(field)?;
                if !field.node.directives.is_empty() {
                    item.node = wrap_in_fragment(field);
                }
            }
            Selection::Field(field) => expose_in_set(&mut field.node.selection_set.node)?,
            Selection::InlineFragment(fragment) => {
                expose_in_set(&mut fragment.node.selection_set.node)?;
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

fn check_leaf(field: &Positioned<Field>) -> Result<(), RequestError> {
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

fn wrap_in_fragment(field: &mut Positioned<Field>) -> Selection {
    let directives = std::mem::take(&mut field.node.directives);
    let inner = Selection::Field(field.clone());
    let set = SelectionSet {
        items: vec![Positioned::new(inner, field.pos)],
    };
    let fragment = InlineFragment {
        type_condition: None,
        directives,
        selection_set: Positioned::new(set, field.pos),
    };
    Selection::InlineFragment(Positioned::new(fragment, field.pos))
}
