//! Descriptions of the schema's types: declared once, and used by the registry, the planner and the
//! limits.

/// A type of the schema.
#[derive(Debug)]
pub(crate) enum TypeInfo {
    /// An object type.
    Object(ObjectInfo),
    /// An interface.
    Interface(InterfaceInfo),
    /// An enumeration.
    Enum(EnumInfo),
    /// A scalar.
    Scalar(ScalarInfo),
    /// An input object.
    Input(InputInfo),
}

impl TypeInfo {
    /// The name in the schema.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            TypeInfo::Object(info) => info.name,
            TypeInfo::Interface(info) => info.name,
            TypeInfo::Enum(info) => info.name,
            TypeInfo::Scalar(info) => info.name,
            TypeInfo::Input(info) => info.name,
        }
    }

    /// The fields that can be selected, in the order of their positions.
    pub(crate) fn fields(&self) -> &'static [FieldInfo] {
        match self {
            TypeInfo::Object(info) => info.fields,
            TypeInfo::Interface(info) => info.fields,
            TypeInfo::Enum(_) | TypeInfo::Scalar(_) | TypeInfo::Input(_) => &[],
        }
    }
}

/// Returns a type. As a function, so that types can refer to each other in cycles.
pub(crate) type Named = fn() -> &'static TypeInfo;

/// The lines of a description, as in the source.
pub(crate) type Doc = &'static [&'static str];

/// A description for display: wrapped lines are joined, and an empty line starts a paragraph.
pub(crate) fn description(doc: Doc) -> Option<String> {
    let mut text = String::new();
    for line in doc {
        match line.trim() {
            "" => text.push_str("\n\n"),
            line => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push(' ');
                }
                text.push_str(line);
            }
        }
    }
    (!text.is_empty()).then_some(text)
}

/// An object type.
#[derive(Debug)]
pub(crate) struct ObjectInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// Names of the interfaces it implements.
    pub(crate) interfaces: &'static [&'static str],
    /// The field that makes it an entity of a federated graph.
    pub(crate) key: Option<&'static str>,
    /// True if other services of a federated graph may define the same type.
    pub(crate) shareable: bool,
    /// Its fields, in order.
    pub(crate) fields: &'static [FieldInfo],
}

/// An interface.
#[derive(Debug)]
pub(crate) struct InterfaceInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// The objects that implement it.
    pub(crate) possible: &'static [Named],
    /// The fields that all implementations have.
    pub(crate) fields: &'static [FieldInfo],
}

/// A field of an object or interface.
#[derive(Debug)]
pub(crate) struct FieldInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// Type of its values.
    pub(crate) ty: TypeRef,
    /// What to use instead; `None` if it is not deprecated.
    pub(crate) deprecated: Option<&'static str>,
    /// Arguments, in order.
    pub(crate) arguments: &'static [ArgumentInfo],
}

/// An argument, or a field of an input object.
#[derive(Debug)]
pub(crate) struct ArgumentInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// Type of its values.
    pub(crate) ty: TypeRef,
    /// What to use instead; `None` if it is not deprecated. One that is required never is.
    pub(crate) deprecated: Option<&'static str>,
    /// Default in GraphQL syntax, if any.
    pub(crate) default: Option<&'static str>,
}

/// A directive on queries.
#[derive(Debug)]
pub(crate) struct DirectiveInfo {
    /// Name, without the `@`.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// Arguments, in order.
    pub(crate) arguments: &'static [ArgumentInfo],
}

/// An enumeration.
#[derive(Debug)]
pub(crate) struct EnumInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// Its values, in order.
    pub(crate) values: &'static [EnumValueInfo],
}

/// A value of an enumeration.
#[derive(Debug)]
pub(crate) struct EnumValueInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
}

/// A scalar.
#[derive(Debug)]
pub(crate) struct ScalarInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema; empty for built-in scalars.
    pub(crate) doc: Doc,
    /// URL of its specification, if any.
    pub(crate) specified_by: Option<&'static str>,
    /// Whether a value belongs to this scalar.
    pub(crate) accepts: fn(&async_graphql::Value) -> bool,
}

/// An input object.
#[derive(Debug)]
pub(crate) struct InputInfo {
    /// Name in the schema.
    pub(crate) name: &'static str,
    /// Description in the schema.
    pub(crate) doc: Doc,
    /// Its fields, in order.
    pub(crate) fields: &'static [ArgumentInfo],
}

/// A list around a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListInfo {
    /// Whether items may be null.
    pub(crate) nullable_items: bool,
    /// Approximate number of items, used to compute the cost of a query.
    pub(crate) rows: u32,
}

/// The type of a field or argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeRef {
    /// The named type: of the value itself, or of a list's items.
    pub(crate) named: Named,
    /// Whether it may be null.
    pub(crate) nullable: bool,
    /// List properties; `None` if the type is not a list.
    pub(crate) list: Option<ListInfo>,
}

impl TypeRef {
    /// A non-null value of a type.
    pub(crate) const fn one(named: Named) -> TypeRef {
        TypeRef {
            named,
            nullable: false,
            list: None,
        }
    }

    /// The nullable form of this type.
    pub(crate) const fn or_null(self) -> TypeRef {
        TypeRef {
            nullable: true,
            ..self
        }
    }

    /// A list of about `rows` items of this type. The schema has no lists of lists.
    pub(crate) const fn listed(self, rows: u32) -> TypeRef {
        TypeRef {
            named: self.named,
            nullable: false,
            list: Some(ListInfo {
                nullable_items: self.nullable,
                rows,
            }),
        }
    }

    /// The type in GraphQL syntax.
    pub(crate) fn written(&self) -> String {
        let name = (self.named)().name();
        let mark = |nullable: bool| if nullable { "" } else { "!" };
        match self.list {
            None => format!("{name}{}", mark(self.nullable)),
            Some(list) => format!(
                "[{name}{}]{}",
                mark(list.nullable_items),
                mark(self.nullable)
            ),
        }
    }
}
