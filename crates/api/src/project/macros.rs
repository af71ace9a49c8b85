//! The declarations: one entry for each field gives both its description and its writer.

/// Declares an object type of the schema on a Rust type that shows one.
///
/// ```ignore
/// object! {
///     /// What the type is, for the reader of the schema.
///     Pct<'a> as "Pct", implements [Node, Body], key "code" => |it| {
///         /// What the field is.
///         name: &'a str = it.body().name.as_str();
///         /// A list of about four of them, from any iterator.
///         outputs(
///             /// What the argument is.
///             cycle: Option<Id<'_>>,
///         ): [Output<'a>; 4] = it.outputs(cycle)?;
///     }
/// }
/// ```
///
/// The expression gives a value of the declared type; with `?` it may fail with a
/// [`Failure`](crate::project::Failure). A type `Option<T>` may be null, all others not.
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        $view:ident $(<$life:lifetime>)? as $name:literal
        $(, implements [$($interface:ident),* $(,)?])?
        $(, key $key:literal)?
        $(, shareable $shareable:literal)?
        => |$it:pat_param| {
            $(
                $(#[doc = $field_doc:literal])*
                $field:ident $(( $(
                    $(#[doc = $argument_doc:literal])*
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
                        arguments: &[$($(
                            $crate::project::macros::argument_info!(
                                $(#[doc = $argument_doc])* $argument: $argument_ty $(= $default)?
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
                planned: &$crate::project::Planned,
                out: &mut $crate::project::Writer,
            ) -> $crate::project::Written {
                enum DeclaredField { $($field),* }
                const FIELDS: &[DeclaredField] = &[$(DeclaredField::$field),*];
                let $it = self;
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
            ) -> $crate::project::Written {
                $crate::project::write::write_object(self, children.object(), out)
            }
        }
    };
}

/// One argument's declaration.
macro_rules! argument_info {
    ($(#[doc = $doc:literal])* $name:ident : $ty:ty $(= $default:tt)?) => {
        $crate::project::ArgumentInfo {
            name: stringify!($name),
            doc: &[$($doc),*],
            ty: <$ty as $crate::project::Argument>::TYPE,
            default: {
                let default: Option<&'static str> = None;
                $(let default = { let _ = default; Some(stringify!($default)) };)?
                default
            },
        }
    };
}

/// Declares an interface and the Rust enumeration of the objects that it may stand for.
macro_rules! interface {
    (
        $(#[doc = $doc:literal])*
        $view:ident <$life:lifetime> as $name:literal of [$($object:ident),* $(,)?] {
            $(
                $(#[doc = $field_doc:literal])*
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
            ) -> $crate::project::Written {
                enum Position { $($object),* }
                match self {
                    $($view::$object(it) => {
                        let selection = children.possible(Position::$object as usize);
                        $crate::project::write::write_object(it, selection, out)
                    })*
                }
            }
        }
    };
}

/// Declares an enumeration of the schema on an enumeration of the core.
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
                ) -> $crate::project::Written {
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
                        _ => Err($crate::project::argument::unfit(
                            <Self as $crate::project::Argument>::TYPE,
                        )),
                    }
                }
            }
        };
    };
}

/// Declares an input object: a Rust structure that arguments can have as their type.
macro_rules! input {
    (
        $(#[doc = $doc:literal])*
        $view:ident <$life:lifetime> as $name:literal { $($fields:tt)* }
    ) => {
        $crate::project::macros::input! {
            @declare [$view<$life>] [$life] $(#[doc = $doc])* $view [<$life>] $name { $($fields)* }
        }
    };
    // An input without texts borrows nothing.
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
                            $(#[doc = $field_doc])* $field: $field_ty
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
                    return Err($crate::project::argument::unfit(
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

/// Declares a directive on operations that ask, and a Rust structure for its arguments.
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
            /// Its declaration.
            pub(crate) const INFO: &'static $crate::project::DirectiveInfo =
                &$crate::project::DirectiveInfo {
                    name: $name,
                    doc: &[$($doc),*],
                    arguments: &[$($crate::project::macros::argument_info!(
                        $(#[doc = $argument_doc])* $argument: $ty
                    )),*],
                };

            /// Reads the arguments; `value` tells what was given under a name.
            ///
            /// # Errors
            /// A value is not of its type.
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

/// Declares the connection and the edge of a list that is read page by page.
macro_rules! connection {
    (
        $(#[doc = $doc:literal])*
        $connection:ident as $name:literal, $edge:ident as $edge_name:literal of $node:ident
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub(crate) struct $connection<'a>(pub(crate) $crate::project::page::Page<$node<'a>>);

        impl<'a> $connection<'a> {
            /// One page of a list of a parent, which must be sorted by the places of its items.
            ///
            /// # Errors
            /// The page cannot be: see [`Page::of`]($crate::project::page::Page::of).
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
                    &$crate::project::cursor::Listed::place(&it.node),
                );
                /// The item.
                node: $node<'a> = it.node;
            }
        }
    };
}

pub(crate) use {argument_info, connection, directive, enumeration, input, interface, object};
