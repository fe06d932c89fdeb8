/** Labelled images before they are prepared: CIFAR, IDX files and drawn shapes. */
@NullMarked
package io.deepincubation.core.data.source;

import org.jspecify.annotations.NullMarked;
