//! What a type of the schema is: declared once, read by the registry, the planner and the limits.

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
    /// Its name in the schema.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            TypeInfo::Object(info) => info.name,
            TypeInfo::Interface(info) => info.name,
            TypeInfo::Enum(info) => info.name,
            TypeInfo::Scalar(info) => info.name,
            TypeInfo::Input(info) => info.name,
        }
    }

    /// The fields that can be selected on it, with their positions.
    pub(crate) fn fields(&self) -> &'static [FieldInfo] {
        match self {
            TypeInfo::Object(info) => info.fields,
            TypeInfo::Interface(info) => info.fields,
            TypeInfo::Enum(_) | TypeInfo::Scalar(_) | TypeInfo::Input(_) => &[],
        }
    }
}

/// Gives a type. A function, so that types may refer to each other in a circle.
pub(crate) type Named = fn() -> &'static TypeInfo;

/// Lines of a description as they stand in the source.
pub(crate) type Doc = &'static [&'static str];

/// A description as it is shown: wrapped lines joined, an empty line starts a paragraph.
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
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// Names of the interfaces that it implements.
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
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// The objects that implement it.
    pub(crate) possible: &'static [Named],
    /// The fields that all of them have.
    pub(crate) fields: &'static [FieldInfo],
}

/// A field of an object or interface.
#[derive(Debug)]
pub(crate) struct FieldInfo {
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// Type.
    pub(crate) ty: TypeRef,
    /// Arguments, in order.
    pub(crate) arguments: &'static [ArgumentInfo],
}

/// An argument, or a field of an input object.
#[derive(Debug)]
pub(crate) struct ArgumentInfo {
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// Type.
    pub(crate) ty: TypeRef,
    /// Default, as GraphQL writes it.
    pub(crate) default: Option<&'static str>,
}

/// A directive on operations that ask.
#[derive(Debug)]
pub(crate) struct DirectiveInfo {
    /// Name, without the `@`.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// Arguments, in order.
    pub(crate) arguments: &'static [ArgumentInfo],
}

/// An enumeration.
#[derive(Debug)]
pub(crate) struct EnumInfo {
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// Values.
    pub(crate) values: &'static [EnumValueInfo],
}

/// A value of an enumeration.
#[derive(Debug)]
pub(crate) struct EnumValueInfo {
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
}

/// A scalar.
#[derive(Debug)]
pub(crate) struct ScalarInfo {
    /// Name.
    pub(crate) name: &'static str,
    /// Description; empty for those that the language defines.
    pub(crate) doc: Doc,
    /// Where it is specified.
    pub(crate) specified_by: Option<&'static str>,
    /// Whether a value is one of this scalar.
    pub(crate) accepts: fn(&async_graphql::Value) -> bool,
}

/// An input object.
#[derive(Debug)]
pub(crate) struct InputInfo {
    /// Name.
    pub(crate) name: &'static str,
    /// Description.
    pub(crate) doc: Doc,
    /// Fields.
    pub(crate) fields: &'static [ArgumentInfo],
}

/// A list around a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListInfo {
    /// Whether items may be null.
    pub(crate) nullable_items: bool,
    /// About how many items there are; complexity is counted with it.
    pub(crate) rows: u32,
}

/// The type of a field or argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeRef {
    /// The type within.
    pub(crate) named: Named,
    /// Whether it may be null.
    pub(crate) nullable: bool,
    /// Set for a list.
    pub(crate) list: Option<ListInfo>,
}

impl TypeRef {
    /// Exactly one value of a type.
    pub(crate) const fn one(named: Named) -> TypeRef {
        TypeRef {
            named,
            nullable: false,
            list: None,
        }
    }

    /// The same, or null.
    pub(crate) const fn or_null(self) -> TypeRef {
        TypeRef {
            nullable: true,
            ..self
        }
    }

    /// A list of about `rows` of these. Lists of lists are not in this schema.
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

    /// How GraphQL writes it.
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
