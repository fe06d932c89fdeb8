/** The training loop: objectives, optimizers, schedules, evaluation. */
@NullMarked
package io.deepincubation.core.training;

import org.jspecify.annotations.NullMarked;
