/** Texts as the numbers of their tokens. */
@NullMarked
package io.deepincubation.core.data.text;

import org.jspecify.annotations.NullMarked;
