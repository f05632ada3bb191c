/** Functions that make one row of many, or many of one: what adding a projection must watch for. */

/** Of both families; called without OVER they turn an ungrouped SELECT into one row. */
export const aggregateFunctions: ReadonlySet<string> = new Set(
  `any_value approx_count_distinct approx_quantile approx_top_k approx_percentile arbitrary arg_max arg_max_null arg_min arg_min_null
  argmax argmin array_agg avg bit_and bit_or bit_xor bitmap_union bitmap_agg bitmap_count bitstring_agg bool_and bool_or corr count count_if
  count_star countif covar_pop covar_samp entropy favg first fsum geometric_mean group_concat grouping histogram
  histogram_exact hll_union hll_union_agg json_arrayagg json_object_agg json_objectagg json_group_array json_group_object
  json_group_structure kahan_sum kurtosis kurtosis_pop last list listagg mad map_agg max max_by mean median min min_by mode
  multi_distinct_count multi_distinct_sum ndv percentile percentile_approx percentile_cont percentile_disc
  percentile_union product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2
  regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile retention sem skewness std stddev stddev_pop stddev_samp
  string_agg sum sum_no_overflow sumkahan sum_if topn collect_list collect_set var_pop var_samp variance variance_pop
  variance_samp window_funnel group_array group_uniq_array bitmap_union_count intersect_count`.split(/\s+/),
);

/** In a SELECT list these give several rows for one. */
export const tableFunctions: ReadonlySet<string> = new Set(
  `unnest explode explode_outer posexplode posexplode_outer inline inline_outer flatten stack generate_series range
  generate_subscripts regexp_split_to_table string_split_to_table json_each json_tree json_array_elements json_table
  explode_split explode_json_array explode_bitmap explode_numbers explode_map unnest_bitmap subdivide_bitmap table
  json_object_keys values lateral`.split(/\s+/),
);
