//! Macros that declare the schema: one entry for each field gives its description and its resolver.

/// Declares an object type of the schema for a Rust type.
///
/// ```ignore
/// object! {
///     /// What the type is, for the reader of the schema.
///     Pct<'a> as "Pct", implements [Node, Body], key "code" => |pct| {
///         /// What the field is.
///         name: &'a str = pct.body().name.as_str();
///         /// A list of about four outputs, from any iterator.
///         outputs(
///             /// What the argument is.
///             cycle: Option<Id<'_>>,
///         ): [Output<'a>; 4] = pct.outputs(cycle)?;
///     }
/// }
/// ```
///
/// The expression returns a value of the declared type, and may use `?` to fail with a
/// [`Failure`](crate::project::Failure). Only `Option<T>` is nullable. `#[deprecated = "Use ..."]`
/// after the description marks a field or argument as deprecated.
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        $view:ident $(<$life:lifetime>)? as $name:literal
        $(, implements [$($interface:ident),* $(,)?])?
        $(, key $key:literal)?
        $(, shareable $shareable:literal)?
        => |$object:pat_param| {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[deprecated = $deprecated:literal])?
                $field:ident $(( $(
                    $(#[doc = $argument_doc:literal])*
                    $(#[deprecated = $argument_deprecated:literal])?
                    $argument:ident : $argument_ty:ty $(= $default:tt)?
                ),* $(,)? ))? : $ty:ty = $value:expr;
            )*
        }
    ) => {
        impl $(<$life>)? $crate::project::Object for $view $(<$life>)? {
            const INFO: &'static $crate::project::TypeInfo =
                &$crate::project::TypeInfo::Object($crate::project::ObjectInfo {
                    name: $name,
                    doc: &[$($doc),*],
                    interfaces: &[$($(stringify!($interface)),*)?],
                    key: {
                        let key: Option<&'static str> = None;
                        $(let key = { let _ = key; Some($key) };)?
                        key
                    },
                    shareable: { let shareable = false; $(let shareable = shareable || $shareable;)? shareable },
                    fields: &[$($crate::project::FieldInfo {
                        name: stringify!($field),
                        doc: &[$($field_doc),*],
                        ty: <$ty as $crate::project::Declared>::TYPE,
                        deprecated: $crate::project::macros::optional!($($deprecated)?),
                        arguments: &[$($(
                            $crate::project::macros::argument_info!(
                                $(#[doc = $argument_doc])*
                                $(#[deprecated = $argument_deprecated])?
                                $argument: $argument_ty $(= $default)?
                            )
                        ),*)?],
                    }),*],
                });

            #[allow(
                non_camel_case_types,
                non_snake_case,
                unused_variables,
                unused_mut,
                clippy::redundant_closure_call,
                clippy::large_types_passed_by_value,
                reason = "names and shape follow the declaration"
            )]
            fn field(
                &self,
                position: u16,
                planned: &$crate::project::PlannedField,
                out: &mut $crate::project::Writer,
            ) -> $crate::project::WriteResult {
                enum DeclaredField { $($field),* }
                const FIELDS: &[DeclaredField] = &[$(DeclaredField::$field),*];
                let $object = self;
                match FIELDS.get(usize::from(position)) {
                    $(Some(DeclaredField::$field) => {
                        let value = (|| {
                            let mut arguments = planned.arguments();
                            $($(let $argument: $argument_ty = arguments.next()?;)*)?
                            Ok::<_, $crate::project::Failure>($value)
                        })();
                        $crate::project::write::put::<$ty, _>(value, planned, out)
                    })*
                    None => Ok(()),
                }
            }
        }

        impl $(<$life>)? $crate::project::Project for $view $(<$life>)? {
            const TYPE: $crate::project::TypeRef =
                $crate::project::TypeRef::one(<Self as $crate::project::Object>::info);

            #[inline]
            fn project(
                &self,
                children: &$crate::project::Children,
                out: &mut $crate::project::Writer,
            ) -> $crate::project::WriteResult {
                $crate::project::write::write_object(self, children.object(), out)
            }
        }
    };
}

/// The value, if there is one.
macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

/// Declares one argument.
macro_rules! argument_info {
    (
        $(#[doc = $doc:literal])*
        $(#[deprecated = $deprecated:literal])?
        $name:ident : $ty:ty $(= $default:tt)?
    ) => {
        $crate::project::ArgumentInfo {
            name: stringify!($name),
            doc: &[$($doc),*],
            ty: <$ty as $crate::project::Argument>::TYPE,
            deprecated: $crate::project::macros::optional!($($deprecated)?),
            default: $crate::project::macros::optional!($(stringify!($default))?),
        }
    };
}

/// Declares an interface, and a Rust enum of the objects that implement it.
macro_rules! interface {
    (
        $(#[doc = $doc:literal])*
        $view:ident <$life:lifetime> as $name:literal of [$($object:ident),* $(,)?] {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[deprecated = $deprecated:literal])?
                $field:ident : $ty:ty;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $view<$life> {
            $(
                #[doc = concat!("A ", stringify!($object), ".")]
                $object($object<$life>),
            )*
        }

        impl<$life> $view<$life> {
            fn info() -> &'static $crate::project::TypeInfo {
                const {
                    &$crate::project::TypeInfo::Interface($crate::project::InterfaceInfo {
                        name: $name,
                        doc: &[$($doc),*],
                        possible: &[$(<$object<'static> as $crate::project::Object>::info),*],
                        fields: &[$($crate::project::FieldInfo {
                            name: stringify!($field),
                            doc: &[$($field_doc),*],
                            ty: <$ty as $crate::project::Declared>::TYPE,
                            deprecated: $crate::project::macros::optional!($($deprecated)?),
                            arguments: &[],
                        }),*],
                    })
                }
            }
        }

        impl<$life> $crate::project::Project for $view<$life> {
            const TYPE: $crate::project::TypeRef = $crate::project::TypeRef::one(Self::info);

            fn project(
                &self,
                children: &$crate::project::Children,
                out: &mut $crate::project::Writer,
            ) -> $crate::project::WriteResult {
                enum Position { $($object),* }
                match self {
                    $($view::$object(object) => {
                        let selection = children.possible(Position::$object as usize);
                        $crate::project::write::write_object(object, selection, out)
                    })*
                }
            }
        }
    };
}

/// Declares an enumeration of the schema for a Rust enum.
macro_rules! enumeration {
    (
        $(#[doc = $doc:literal])*
        $view:ty as $name:literal {
            $(
                $(#[doc = $value_doc:literal])*
                $value:ident = $variant:path,
            )*
        }
    ) => {
        const _: () = {
            fn info() -> &'static $crate::project::TypeInfo {
                const {
                    &$crate::project::TypeInfo::Enum($crate::project::EnumInfo {
                        name: $name,
                        doc: &[$($doc),*],
                        values: &[$($crate::project::EnumValueInfo {
                            name: stringify!($value),
                            doc: &[$($value_doc),*],
                        }),*],
                    })
                }
            }

            impl $crate::project::Project for $view {
                const TYPE: $crate::project::TypeRef = $crate::project::TypeRef::one(info);

                fn project(
                    &self,
                    _: &$crate::project::Children,
                    out: &mut $crate::project::Writer,
                ) -> $crate::project::WriteResult {
                    out.raw(match self {
                        $($variant => concat!("\"", stringify!($value), "\"").as_bytes(),)*
                    });
                    Ok(())
                }
            }

            impl<'q> $crate::project::Argument<'q> for $view {
                const TYPE: $crate::project::TypeRef = $crate::project::TypeRef::one(info);

                fn read(
                    value: Option<&'q async_graphql::Value>,
                ) -> Result<Self, $crate::project::Failure> {
                    let name = match value {
                        Some(async_graphql::Value::Enum(name)) => name.as_str(),
                        Some(async_graphql::Value::String(name)) => name.as_str(),
                        _ => "",
                    };
                    match name {
                        $(stringify!($value) => Ok($variant),)*
                        _ => Err($crate::project::argument::wrong_type(
                            <Self as $crate::project::Argument>::TYPE,
                        )),
                    }
                }
            }
        };
    };
}

/// Declares an input object, and a Rust struct that arguments can have as their type.
macro_rules! input {
    (
        $(#[doc = $doc:literal])*
        $view:ident <$life:lifetime> as $name:literal { $($fields:tt)* }
    ) => {
        $crate::project::macros::input! {
            @declare [$view<$life>] [$life] $(#[doc = $doc])* $view [<$life>] $name { $($fields)* }
        }
    };
    // An input object without text borrows nothing.
    (
        $(#[doc = $doc:literal])*
        $view:ident as $name:literal { $($fields:tt)* }
    ) => {
        $crate::project::macros::input! {
            @declare [$view] ['q] $(#[doc = $doc])* $view [] $name { $($fields)* }
        }
    };
    (
        @declare [$ty:ty] [$life:lifetime]
        $(#[doc = $doc:literal])*
        $view:ident [$($generics:tt)*] $name:literal {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[deprecated = $deprecated:literal])?
                $field:ident : $field_ty:ty,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        #[allow(non_snake_case, reason = "named as in the schema")]
        pub(crate) struct $view $($generics)* {
            $(
                $(#[doc = $field_doc])*
                pub(crate) $field: $field_ty,
            )*
        }

        impl $($generics)* $ty {
            fn info() -> &'static $crate::project::TypeInfo {
                const {
                    &$crate::project::TypeInfo::Input($crate::project::InputInfo {
                        name: $name,
                        doc: &[$($doc),*],
                        fields: &[$($crate::project::macros::argument_info!(
                            $(#[doc = $field_doc])*
                            $(#[deprecated = $deprecated])?
                            $field: $field_ty
                        )),*],
                    })
                }
            }
        }

        impl<$life> $crate::project::Argument<$life> for $ty {
            const TYPE: $crate::project::TypeRef = $crate::project::TypeRef::one(Self::info);

            fn read(
                value: Option<&$life async_graphql::Value>,
            ) -> Result<Self, $crate::project::Failure> {
                let Some(async_graphql::Value::Object(fields)) = value else {
                    return Err($crate::project::argument::wrong_type(
                        <Self as $crate::project::Argument>::TYPE,
                    ));
                };
                Ok($view {
                    $($field: $crate::project::Argument::read(fields.get(stringify!($field)))?,)*
                })
            }
        }
    };
}

/// Declares a directive on queries, and a Rust struct for its arguments.
macro_rules! directive {
    (
        $(#[doc = $doc:literal])*
        $view:ident as $name:literal (
            $(
                $(#[doc = $argument_doc:literal])*
                $argument:ident : $ty:ty,
            )*
        )
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $view {
            $(
                $(#[doc = $argument_doc])*
                pub(crate) $argument: $ty,
            )*
        }

        impl $view {
            /// The declaration.
            pub(crate) const INFO: &'static $crate::project::DirectiveInfo =
                &$crate::project::DirectiveInfo {
                    name: $name,
                    doc: &[$($doc),*],
                    arguments: &[$($crate::project::macros::argument_info!(
                        $(#[doc = $argument_doc])* $argument: $ty
                    )),*],
                };

            /// Reads the arguments; `value` looks up an argument by name.
            ///
            /// # Errors
            ///
            /// A value does not have the declared type.
            pub(crate) fn read(
                value: impl Fn(&str) -> Option<async_graphql::Value>,
            ) -> Result<$view, $crate::project::Failure> {
                Ok($view {
                    $($argument: $crate::project::Argument::read(
                        value(stringify!($argument)).as_ref(),
                    )?,)*
                })
            }
        }
    };
}

/// Declares the connection and the edge of a paged list.
macro_rules! connection {
    (
        $(#[doc = $doc:literal])*
        $connection:ident as $name:literal, $edge:ident as $edge_name:literal of $node:ident
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub(crate) struct $connection<'a>(pub(crate) $crate::project::page::Page<$node<'a>>);

        impl<'a> $connection<'a> {
            /// One page of a parent's list, which must be sorted by the places of its items.
            ///
            /// # Errors
            ///
            /// The page does not exist: see [`Page::of`]($crate::project::page::Page::of).
            pub(crate) fn page(
                list: impl IntoIterator<Item = $node<'a>>,
                parent: &str,
                first: i32,
                after: $crate::project::cursor::After<'_>,
            ) -> Result<$connection<'a>, $crate::project::Failure> {
                $crate::project::page::Page::of(list, parent, first, after).map($connection)
            }
        }

        #[doc = concat!("One place in a ", $name, ".")]
        #[derive(Debug)]
        pub(crate) struct $edge<'a> {
            node: $node<'a>,
            list: $crate::project::cursor::ListId,
        }

        $crate::project::object! {
            $(#[doc = $doc])*
            $connection<'a> as $name => |it| {
                /// The items of this page, each with its cursor.
                edges: [$edge<'a>; 1] = it.0.each().map(|node| $edge { node, list: it.0.list });
                /// The position of this page in the list.
                pageInfo: $crate::project::page::PageInfo = it.0.info();
                /// The number of items in the whole list.
                totalCount: i32 = it.0.total();
            }
        }

        $crate::project::object! {
            /// One item of a page.
            $edge<'a> as $edge_name => |it| {
                /// The item's place in this list; give it as `after` to continue after it.
                cursor: String = $crate::project::cursor::encode(
                    it.list,
                    &$crate::project::cursor::ListItem::place(&it.node),
                );
                /// The item.
                node: $node<'a> = it.node;
            }
        }
    };
}

pub(crate) use {
    argument_info, connection, directive, enumeration, input, interface, object, optional,
};
