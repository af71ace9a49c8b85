//! Look-ups in a batch, for checks.

use crate::message::{
    Batch, Body, Challenge, Component, Criterion, Framework, Judgement, Measure, Needle, Scale,
    kind, method,
};

impl<'a> Batch<'a> {
    /// Returns the body with this code.
    pub fn body(&self, code: &str) -> Option<&Body<'a>> {
        // The host sends bodies in the order of their codes; a test's batch may have any.
        let in_order = self
            .bodies
            .binary_search_by(|body| body.code.as_str().cmp(code));
        if let Ok(position) = in_order {
            return self.bodies.get(position);
        }
        let code = Needle::from(code);
        self.bodies.iter().find(|body| body.code.is(&code))
    }

    /// Iterates over the bodies of one [`kind`].
    pub fn bodies_of_kind(&self, kind: &str) -> impl Iterator<Item = &Body<'a>> {
        let kind = Needle::from(kind);
        self.bodies.iter().filter(move |body| body.kind.is(&kind))
    }

    /// Iterates over every PCT.
    pub fn pcts(&self) -> impl Iterator<Item = &Body<'a>> {
        self.bodies_of_kind(kind::PCT)
    }

    /// Iterates over the PCTs of a cluster.
    pub fn members(&self, cluster: &str) -> impl Iterator<Item = &Body<'a>> {
        let cluster = Needle::from(cluster);
        self.pcts()
            .filter(move |pct| pct.cluster.as_ref().is_some_and(|code| code.is(&cluster)))
    }

    /// Iterates over the PCTs that delegate to a function.
    pub fn delegators(&self, function: &str) -> impl Iterator<Item = &Body<'a>> {
        self.pcts().filter(move |pct| pct.delegates_to(function))
    }

    /// Returns the cluster of a PCT, if it belongs to one.
    pub fn cluster_of(&self, body: &Body<'a>) -> Option<&Body<'a>> {
        self.body(body.cluster.as_deref()?)
    }

    /// Iterates over the body itself and then its cluster: the bodies whose judgements, surveys and
    /// commentary apply to it.
    pub fn with_cluster<'b>(&'b self, body: &'b Body<'a>) -> impl Iterator<Item = &'b Body<'a>> {
        std::iter::once(body).chain(self.cluster_of(body))
    }

    /// Returns the judgement on a subject by a method that applies to a body: its own, else its
    /// cluster's. The first value is the body that was judged.
    pub fn applicable_judgement<'b>(
        &'b self,
        body: &'b Body<'a>,
        subject: &str,
        method: &str,
    ) -> Option<(&'b Body<'a>, &'b Judgement<'a>)> {
        self.with_cluster(body)
            .find_map(|body| Some((body, body.judgement(subject, method)?)))
    }

    /// Returns the final judgement for a body: the calibrated one if its value is known, else the panel's.
    pub fn final_judgement<'b>(
        &'b self,
        body: &'b Body<'a>,
        subject: &str,
    ) -> Option<(&'b Body<'a>, &'b Judgement<'a>)> {
        [method::CALIBRATED, method::PANEL]
            .into_iter()
            .filter_map(|method| self.applicable_judgement(body, subject, method))
            .find(|(_, judgement)| judgement.value.is_some())
    }

    /// Iterates over the challenges that apply to a body: its own and its cluster's, each with the
    /// body that it was raised on.
    pub fn challenges<'b>(
        &'b self,
        body: &'b Body<'a>,
    ) -> impl Iterator<Item = (&'b Body<'a>, &'b Challenge<'a>)> {
        self.with_cluster(body).flat_map(|body| {
            body.challenges
                .iter()
                .map(move |challenge| (body, challenge))
        })
    }

    /// Reads the operator's settings into the plugin's own type.
    ///
    /// # Errors
    /// The setting that does not fit. If the manifest has a schema, the host has already rejected
    /// such settings.
    pub fn settings_as<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        let settings = serde_json::Value::Object(self.settings.clone());
        serde_json::from_value(settings).map_err(|error| format!("settings: {error}"))
    }
}

impl<'a> Body<'a> {
    /// Returns the first judgement on a subject by a method that was made on this body itself.
    pub fn judgement(&self, subject: &str, method: &str) -> Option<&Judgement<'a>> {
        let (subject, method) = (Needle::from(subject), Needle::from(method));
        self.judgements
            .iter()
            .find(|judgement| judgement.subject.is(&subject) && judgement.method.is(&method))
    }

    /// Iterates over the open challenges raised on this body itself: nobody has given a reason, and
    /// the value was neither corrected nor changed.
    pub fn open_challenges(&self) -> impl Iterator<Item = &Challenge<'a>> {
        self.challenges
            .iter()
            .filter(|challenge| !challenge.answered && !challenge.corrected)
    }

    /// Iterates over the criteria and metrics on a measure that this body itself does not meet.
    pub fn criteria_on(&self, measure: &str) -> impl Iterator<Item = &Criterion<'a>> {
        let measure = Needle::from(measure);
        self.criteria
            .iter()
            .filter(move |criterion| criterion.measure.is(&measure))
    }

    /// Returns whether this PCT delegates to a function.
    pub fn delegates_to(&self, function: &str) -> bool {
        let function = Needle::from(function);
        self.delegations.iter().any(|code| code.is(&function))
    }
}

impl<'a> Framework<'a> {
    /// Iterates over every measure, in order.
    pub fn measures(&self) -> impl Iterator<Item = &Measure<'a>> {
        self.components
            .iter()
            .flat_map(|component| &component.measures)
    }

    /// Returns the measure with this identifier.
    pub fn measure(&self, id: &str) -> Option<&Measure<'a>> {
        let id = Needle::from(id);
        self.measures().find(|measure| measure.id.is(&id))
    }

    /// Returns the component with this identifier.
    pub fn component(&self, id: &str) -> Option<&Component<'a>> {
        let id = Needle::from(id);
        self.components
            .iter()
            .find(|component| component.id.is(&id))
    }

    /// Returns the scale of a measure or component.
    pub fn scale_of(&self, subject: &str) -> Option<&Scale<'a>> {
        let of_measure = self.measure(subject).map(|measure| &measure.scale);
        let id =
            of_measure.or_else(|| self.component(subject).map(|component| &component.scale))?;
        let id = Needle::from(id);
        self.scales.iter().find(|scale| scale.id.is(&id))
    }

    /// Returns the rank of a value on the scale of its measure or component; 0 is the worst. Values
    /// are words, so compare them by rank.
    pub fn rank(&self, subject: &str, value: &str) -> Option<usize> {
        let scale = self.scale_of(subject)?;
        let value = Needle::from(value);
        scale.steps.iter().position(|step| step.is(&value))
    }

    /// Iterates over the measures that a list of identifiers refers to, in the framework's order. A
    /// component's identifier refers to all of its measures.
    pub fn measures_of<'b>(&'b self, ids: &'b [String]) -> impl Iterator<Item = &'b Measure<'a>> {
        self.components.iter().flat_map(move |component| {
            let whole = ids.iter().any(|id| component.id == **id);
            let named = move |measure: &&Measure<'a>| ids.iter().any(|id| measure.id == **id);
            component
                .measures
                .iter()
                .filter(move |measure| whole || named(measure))
        })
    }
}
