/** What can be wrong with a machine that is to train, found before it trains. */
@NullMarked
package io.deepincubation.spark.doctor;

import org.jspecify.annotations.NullMarked;
