/** Hyper-parameters as checked records, the paper's recipes, and strict YAML. */
@NullMarked
package io.deepincubation.core.recipe;

import org.jspecify.annotations.NullMarked;
