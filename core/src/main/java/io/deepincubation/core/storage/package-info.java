/** Files wherever they lie: a run's and a set's folder, JSON records and SHA-256. */
@NullMarked
package io.deepincubation.core.storage;

import org.jspecify.annotations.NullMarked;
