/** What a cluster offers and how it is used: settings, devices, scheduling, Kryo. */
@NullMarked
package io.deepincubation.spark.cluster;

import org.jspecify.annotations.NullMarked;
