/** Counter-based random draws: every one is a pure function of a key. */
@NullMarked
package io.deepincubation.core.random;

import org.jspecify.annotations.NullMarked;
