//! Who sits on a panel: how many members, and of which categories.

use serde::{Deserialize, Serialize};

/// Position of a category in [`PanelRule::categories`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PanelCategoryIndex(pub u16);

/// Who sits on the panels of a framework. Without categories it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PanelRule {
    /// The number of members, if the framework says so.
    pub size: Option<u16>,
    /// What members are on a panel for.
    pub categories: Vec<PanelCategory>,
    /// Its source.
    pub source: Option<String>,
}

/// What a member is on a panel for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelCategory {
    /// Identifier: `local-authority`.
    pub id: String,
    /// Title as printed: `local authority representative`.
    pub title: String,
    /// Whether every panel should have such a member.
    pub expected: bool,
}

impl PanelRule {
    /// Position of the category with an identifier.
    pub fn find_category(&self, id: &str) -> Option<PanelCategoryIndex> {
        let mut categories = self.categories.iter();
        let position = categories.position(|category| category.id == id)?;
        u16::try_from(position).ok().map(PanelCategoryIndex)
    }

    /// The category at `index`. Indices come from this framework, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    pub fn category(&self, index: PanelCategoryIndex) -> &PanelCategory {
        &self.categories[usize::from(index.0)]
    }
}
