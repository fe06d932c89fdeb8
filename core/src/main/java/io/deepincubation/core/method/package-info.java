/** The method (Algorithm 1): pre-train, incubate, assemble, fine-tune; and its rivals. */
@NullMarked
package io.deepincubation.core.method;

import org.jspecify.annotations.NullMarked;
