//! Names that come again and again.

use std::collections::HashMap;
use std::sync::Arc;

/// Names, each kept once.
#[derive(Debug, Default)]
pub(super) struct Names {
    list: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Names {
    pub(super) fn number_of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let name: Arc<str> = name.into();
        self.list.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    pub(super) fn name(&self, number: u32) -> Arc<str> {
        let name = self.list.get(number as usize);
        name.map_or_else(|| Arc::from(""), Arc::clone)
    }
}
