/** Benchmarks: of input, training steps and inference, each with the real code. */
@NullMarked
package io.deepincubation.core.bench;

import org.jspecify.annotations.NullMarked;
