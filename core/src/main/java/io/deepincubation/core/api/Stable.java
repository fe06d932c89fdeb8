package io.deepincubation.core.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Programs that use the type keep compiling and running: it changes incompatibly with a new major
 * version only, before 1.0.0 with a new minor one, and what goes is deprecated in a release before.
 * All types of this library in its public signatures are stable or {@link Evolving}.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Stable {}
