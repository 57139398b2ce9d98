//! The return type of a handler, in the three forms that the expansion needs.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{
    GenericArgument, Path, PathArguments, ReturnType, Type, TypeInfer, TypeParamBound, token,
};

pub(crate) struct Returned {
    /// As a type: what stands in `Flushed<..>`.
    pub(crate) declared: TokenStream,
    /// As far as the compiler has to be told: `impl Trait` is `_`.
    pub(crate) inferred: TokenStream,
    /// Whether telling it helps the body's inference.
    pub(crate) is_hint: bool,
}

impl Returned {
    pub(crate) fn of(return_type: &ReturnType) -> Self {
        let ty = match return_type {
            ReturnType::Default => {
                let unit = quote_spanned!(Span::mixed_site()=> ());
                return Self {
                    declared: unit.clone(),
                    inferred: unit,
                    is_hint: true,
                };
            }
            ReturnType::Type(_, ty) => ty,
        };
        if is_never(ty) {
            // `!` cannot be a type argument; a body that never ends coerces to this.
            let never = quote_spanned!(Span::mixed_site()=> ::core::convert::Infallible);
            return Self {
                declared: never.clone(),
                inferred: never,
                is_hint: true,
            };
        }
        let mut inferred = (**ty).clone();
        infer_impl_trait(&mut inferred);
        Self {
            declared: ty.to_token_stream(),
            is_hint: !matches!(inferred, Type::Infer(_)),
            inferred: inferred.into_token_stream(),
        }
    }
}

/// `!`
pub(crate) fn is_never(ty: &Type) -> bool {
    matches!(bare(ty), Type::Never(_))
}

/// The type without parentheses, and without the group that a `macro_rules!` puts around it.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

// Input:  Result<(StatusCode, impl IntoResponse), AppError>
// Output: Result<(StatusCode, _), AppError>
fn infer_impl_trait(ty: &mut Type) {
    match ty {
        Type::ImplTrait(opaque) => {
            let underscore_token = token::Underscore(opaque.impl_token.span);
            let attrs = Vec::new();
            *ty = Type::Infer(TypeInfer {
                attrs,
                underscore_token,
            });
        }
        Type::Array(array) => infer_impl_trait(&mut array.elem),
        Type::Group(group) => infer_impl_trait(&mut group.elem),
        Type::Paren(paren) => infer_impl_trait(&mut paren.elem),
        Type::Ptr(pointer) => infer_impl_trait(&mut pointer.elem),
        Type::Reference(reference) => infer_impl_trait(&mut reference.elem),
        Type::Slice(slice) => infer_impl_trait(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(infer_impl_trait),
        Type::Path(path) => infer_in_path(&mut path.path),
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    infer_in_path(&mut bound.path);
                }
            }
        }
        _ => {}
    }
}

fn infer_in_path(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(generics) = &mut segment.arguments {
            for argument in &mut generics.args {
                match argument {
                    GenericArgument::Type(ty) => infer_impl_trait(ty),
                    GenericArgument::AssocType(assigned) => infer_impl_trait(&mut assigned.ty),
                    _ => {}
                }
            }
        }
    }
}
