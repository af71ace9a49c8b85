//! Benchmarks, as sources give them and as computed.

/// A benchmark as the source gives it, and as computed from all bodies. They are never mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// As the source gives it.
    pub given: Option<f64>,
    /// Computed from the bodies of the cycle.
    pub computed: Option<f64>,
    /// Number of bodies behind the computed figure.
    pub among: usize,
}

impl Figures {
    /// Whether there is neither figure.
    pub fn is_empty(&self) -> bool {
        self.preferred().is_none()
    }

    /// The figure to compare with: the given one, or else the computed one.
    pub fn preferred(&self) -> Option<f64> {
        self.given.or(self.computed)
    }

    /// The computed figure less the given one, if there are both.
    pub fn difference(&self) -> Option<f64> {
        self.given
            .zip(self.computed)
            .map(|(given, computed)| computed - given)
    }
}

/// A benchmark for the value and for the growth rate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Benchmark {
    /// Of the value in the compared period.
    pub level: Figures,
    /// Of the growth rate over the compared span, in percent a year.
    pub growth: Figures,
}
