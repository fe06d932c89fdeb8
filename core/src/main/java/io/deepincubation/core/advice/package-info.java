/** Recipes for sets of one's own, by rules that rest on measurements; and what is to be told. */
@NullMarked
package io.deepincubation.core.advice;

import org.jspecify.annotations.NullMarked;
