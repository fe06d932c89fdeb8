/** Several ways to train, compared: what is trained, at which cost, and what may be said of it. */
@NullMarked
package io.deepincubation.core.comparison;

import org.jspecify.annotations.NullMarked;
