//! Questions that checks ask of a batch.

use crate::message::{
    Batch, Body, Challenge, Component, Criterion, Framework, Judgement, Measure, Scale, Sought,
    kind, method,
};

impl<'a> Batch<'a> {
    /// The body with this code.
    pub fn body(&self, code: &str) -> Option<&Body<'a>> {
        // The host sends bodies in the order of their codes; a test's batch may have any.
        let in_order = self
            .bodies
            .binary_search_by(|body| body.code.as_str().cmp(code));
        if let Ok(at) = in_order {
            return self.bodies.get(at);
        }
        let code = Sought::from(code);
        self.bodies.iter().find(|body| body.code.is(&code))
    }

    /// The bodies of one [`kind`].
    pub fn each(&self, kind: &str) -> impl Iterator<Item = &Body<'a>> {
        let kind = Sought::from(kind);
        self.bodies.iter().filter(move |body| body.kind.is(&kind))
    }

    /// Every PCT.
    pub fn pcts(&self) -> impl Iterator<Item = &Body<'a>> {
        self.each(kind::PCT)
    }

    /// The PCTs of a cluster.
    pub fn members(&self, cluster: &str) -> impl Iterator<Item = &Body<'a>> {
        let cluster = Sought::from(cluster);
        self.pcts()
            .filter(move |pct| pct.cluster.as_ref().is_some_and(|one| one.is(&cluster)))
    }

    /// The PCTs that delegate to a function.
    pub fn delegators(&self, function: &str) -> impl Iterator<Item = &Body<'a>> {
        self.pcts().filter(move |pct| pct.delegates_to(function))
    }

    /// The cluster of a PCT, where it is in one.
    pub fn cluster_of(&self, body: &Body<'a>) -> Option<&Body<'a>> {
        self.body(body.cluster.as_deref()?)
    }

    /// The body itself and its cluster: everyone whose judgements, surveys and commentary hold
    /// for it, its own first.
    pub fn with_cluster<'b>(&'b self, body: &'b Body<'a>) -> impl Iterator<Item = &'b Body<'a>> {
        std::iter::once(body).chain(self.cluster_of(body))
    }

    /// The judgement on a subject by a method that holds for a body: its own, else its
    /// cluster's; with the body that it was made on.
    pub fn judged<'b>(
        &'b self,
        body: &'b Body<'a>,
        subject: &str,
        method: &str,
    ) -> Option<(&'b Body<'a>, &'b Judgement<'a>)> {
        self.with_cluster(body)
            .find_map(|judged| Some((judged, judged.judgement(subject, method)?)))
    }

    /// The judgement that stands for a body: calibrated where its value is known, else the panel's.
    pub fn standing<'b>(
        &'b self,
        body: &'b Body<'a>,
        subject: &str,
    ) -> Option<(&'b Body<'a>, &'b Judgement<'a>)> {
        [method::CALIBRATED, method::PANEL]
            .into_iter()
            .filter_map(|method| self.judged(body, subject, method))
            .find(|(_, judgement)| judgement.value.is_some())
    }

    /// The challenges that hold for a body: its own, and its cluster's; each with the body that it
    /// was raised on.
    pub fn challenges<'b>(
        &'b self,
        body: &'b Body<'a>,
    ) -> impl Iterator<Item = (&'b Body<'a>, &'b Challenge<'a>)> {
        self.with_cluster(body)
            .flat_map(|raised| raised.challenges.iter().map(move |one| (raised, one)))
    }

    /// The operator's settings as a type of the plugin's own.
    ///
    /// # Errors
    /// Says which setting does not fit. With a schema in the manifest the host has refused such
    /// settings before.
    pub fn settings_as<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        let settings = serde_json::Value::Object(self.settings.clone());
        serde_json::from_value(settings).map_err(|error| format!("settings: {error}"))
    }
}

impl<'a> Body<'a> {
    /// The first judgement on a subject by a method that was made on this body itself.
    pub fn judgement(&self, subject: &str, method: &str) -> Option<&Judgement<'a>> {
        let (subject, method) = (Sought::from(subject), Sought::from(method));
        self.judgements
            .iter()
            .find(|judgement| judgement.subject.is(&subject) && judgement.method.is(&method))
    }

    /// The challenges raised on this body itself that are open: nobody has given a reason, and the
    /// panel has not corrected the value.
    pub fn unanswered(&self) -> impl Iterator<Item = &Challenge<'a>> {
        self.challenges
            .iter()
            .filter(|challenge| !challenge.answered && !challenge.corrected)
    }

    /// The criteria and metrics on a measure that this body itself does not meet.
    pub fn criteria_on(&self, measure: &str) -> impl Iterator<Item = &Criterion<'a>> {
        let measure = Sought::from(measure);
        self.criteria
            .iter()
            .filter(move |criterion| criterion.measure.is(&measure))
    }

    /// Whether this PCT delegates to a function.
    pub fn delegates_to(&self, function: &str) -> bool {
        let function = Sought::from(function);
        self.delegations.iter().any(|code| code.is(&function))
    }
}

impl<'a> Framework<'a> {
    /// Every measure, in order.
    pub fn measures(&self) -> impl Iterator<Item = &Measure<'a>> {
        self.components
            .iter()
            .flat_map(|component| &component.measures)
    }

    /// The measure with this identifier.
    pub fn measure(&self, id: &str) -> Option<&Measure<'a>> {
        let id = Sought::from(id);
        self.measures().find(|measure| measure.id.is(&id))
    }

    /// The component with this identifier.
    pub fn component(&self, id: &str) -> Option<&Component<'a>> {
        let id = Sought::from(id);
        self.components
            .iter()
            .find(|component| component.id.is(&id))
    }

    /// The scale of a measure or component.
    pub fn scale_of(&self, subject: &str) -> Option<&Scale<'a>> {
        let of_measure = self.measure(subject).map(|measure| &measure.scale);
        let id =
            of_measure.or_else(|| self.component(subject).map(|component| &component.scale))?;
        let id = Sought::from(id);
        self.scales.iter().find(|scale| scale.id.is(&id))
    }

    /// The place of a value on the scale of its measure or component, 0 is worst. Compare values
    /// by it: they are words, not numbers.
    pub fn rank(&self, subject: &str, value: &str) -> Option<usize> {
        let scale = self.scale_of(subject)?;
        let value = Sought::from(value);
        scale.steps.iter().position(|step| step.is(&value))
    }

    /// The measures that identifiers of measures and components stand for, in the framework's
    /// order.
    pub fn reached<'b>(&'b self, ids: &'b [String]) -> impl Iterator<Item = &'b Measure<'a>> {
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
